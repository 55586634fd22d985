using System.Net.Sockets;
using System.Text;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Security;

/// <summary>Bytes that no HTTP client would send.</summary>
public sealed class HostileRequestTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("TRACE /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;\nx\r\n{}\r\n0\r\n\r\n", "400")]
    [InlineData("GET /api/health HTTP/1.1\r\nHost: x\r\nX-A: a\nX-B: b\0\r\n\r\n", "400")]
    [InlineData("GET /api/health HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")]
    [InlineData("GET /api/health\0 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", "400")]
    public async Task S60_it_is_refused_and_the_server_goes_on(string request, string status)
    {
        var answer = await SendAsync(request);

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
        Assert.True((await server.Anonymous.GetAsync("/api/health")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task S60_a_length_and_chunks_together_are_refused_and_smuggle_no_second_request()
    {
        var answer = await SendAsync(
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\n{}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
    }

    [Fact]
    public async Task S60_what_a_client_calls_itself_is_shown_harmlessly()
    {
        var user = await server.CreateUserAsync();
        var body = $$"""{"login":"{{user.Username}}","password":"{{user.Password}}"}""";
        var answer = await SendAsync(
            $"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nUser-Agent: \u001b[31m<script>\"é\u202e' evil\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        var agents = (await (await user.Http.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("userAgent").GetString()!).ToList();
        Assert.All(agents, a => Assert.DoesNotContain(a, c => c is < ' ' or > '~' or '<' or '>'));
        Assert.Contains(agents, a => a.Contains("script", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_of_no_encoding_in_a_header_are_judged_by_whoever_reads_it()
    {
        var unread = await SendAsync("GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Place: \u00e9\u00ff\r\n\r\n", Encoding.Latin1);
        var read = await SendAsync("GET /api/credits HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \u00e9\u00ff\r\n\r\n", Encoding.Latin1);

        Assert.StartsWith("HTTP/1.1 200", unread, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", read, StringComparison.Ordinal);
        Assert.Contains("\"INVALID_TOKEN\"", read, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("\u001b[31mred")]
    [InlineData("x\" onload=\"")]
    [InlineData("short")]
    public async Task S60_a_request_id_that_could_forge_a_log_line_is_replaced(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/health");
        if (!id.Contains('\r', StringComparison.Ordinal))
        {
            request.Headers.TryAddUnchecked("X-Request-Id", id);
        }

        using var response = await server.Anonymous.SendAsync(request);

        Assert.True(Guid.TryParse(response.Headers.GetValues("X-Request-Id").Single(), out _));
    }

    /// <summary>S58: CORS.</summary>
    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("null")]
    [InlineData("http://localhost")]
    public async Task No_other_site_is_told_it_may_read_answers(string origin)
    {
        foreach (var method in new[] { "OPTIONS", "GET" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/api/auth/me");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "PUT");

            using var response = await server.Anonymous.SendAsync(request);

            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(response.IsSuccessStatusCode);
        }
    }

    private async Task<string> SendAsync(string request, Encoding? encoding = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync((encoding ?? Encoding.UTF8).GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
