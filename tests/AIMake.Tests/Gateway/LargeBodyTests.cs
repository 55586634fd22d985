using System.Net;
using System.Net.Sockets;
using System.Text;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>S36 and F23: bodies too large, promised and not sent, or too many at once.</summary>
public sealed class LargeBodyTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    /// <summary>What tests that run at the same time may allocate meanwhile; far less than what is promised here.</summary>
    private const long Neighbours = 4_000_000_000;

    [Theory]
    [InlineData("/v1/chat/completions", 104_857_600)]
    [InlineData("/v1/responses", 2_000_000_000)]
    [InlineData("/v1/embeddings", 3_000_000_000)]
    [InlineData("/v1/audio/speech", long.MaxValue)]
    [InlineData("/v1/images/generations", 104_857_600)]
    public async Task A_hundred_megabytes_are_refused_before_a_byte_of_them_is_read_or_room_is_made(string path, long length)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = GC.GetTotalAllocatedBytes();

        var answer = "";
        for (var i = 0; i < 60; i++)
        {
            using var socket = await PromiseAsync(user.AccessToken, path, length, "");
            answer = await ReadAsync(socket);
        }

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body_too_large\"", answer, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < Neighbours, "memory was given to what only was announced");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "application/json", 30_000_000)]
    [InlineData("/v1/images/edits", "multipart/form-data; boundary=x", 30_000_000)]
    [InlineData("/v1/videos", "application/json", 30_000_000)]
    [InlineData("/v1/audio/transcriptions", "multipart/form-data; boundary=x", 100_000_000)]
    [InlineData("/api/auth/login", "application/json", 1_000_000)]
    public async Task A_refusal_names_the_limit_of_its_route(string path, string type, long limit)
    {
        var user = await bed.Server.CreateUserAsync();
        using var socket = await PromiseAsync(user.AccessToken, path, limit + 1, "", type);
        var answer = await ReadAsync(socket);
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains($"larger than {limit} bytes", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_no_amount_of_waiting_makes_room_for_is_too_large(bool chunked)
    {
        await using var small = await GatewayBed.StartAsync("--Gateway:MaxBodyMemory", "1000000");
        var user = await small.Server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = GatewayRequests.Json(GatewayRequests.Chat(text: new string('a', 1_500_000))), Headers = { TransferEncodingChunked = chunked },
        };
        using var answer = await user.Http.SendAsync(request);
        Assert.Contains("1000000", (await GatewayBed.ErrorAsync(answer, 413, "body_too_large")).GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_promised_and_does_not_come_takes_no_memory()
    {
        var user = await bed.Server.CreateUserAsync();
        var before = GC.GetTotalAllocatedBytes();
        var sockets = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            var socket = await PromiseAsync(user.AccessToken, "/v1/chat/completions", 29_000_000, "", more: "Expect: 100-continue\r\n");
            Assert.StartsWith("HTTP/1.1 100", await ReadAsync(socket, until: "\r\n\r\n"), StringComparison.Ordinal); // it is being read
            await socket.SendAsync("""{"model":"parrot","messages":["""u8.ToArray());
            sockets.Add(socket);
        }

        using (var other = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json("{}")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        }

        Assert.True(GC.GetTotalAllocatedBytes() - before < Neighbours, "memory was given to what only was announced");
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_large_prompt_is_taken_whole_announced_or_in_chunks()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""");
        bed.Upstream.Seen.Clear();
        var body = GatewayRequests.Chat(text: new string('a', 300_001));

        using var announced = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(body));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(body), Headers = { TransferEncodingChunked = true } };
        using var chunked = await user.Http.SendAsync(request);

        Assert.True(announced.IsSuccessStatusCode && chunked.IsSuccessStatusCode);
        Assert.Equal([body.Length + 5, body.Length + 5], bed.Upstream.Seen.Select(s => s.Body.Length)); // parrot-2026
    }

    [Fact]
    public async Task More_large_prompts_than_there_is_room_for_are_told_to_come_back()
    {
        await using var small = await GatewayBed.StartAsync("--Gateway:MaxBodyMemory", "1000000");
        var user = await small.Server.CreateUserAsync();
        var (asked, go) = (new SemaphoreSlim(0), new TaskCompletionSource());
        small.Upstream.Answer = async context =>
        {
            asked.Release();
            await go.Task;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}"""u8.ToArray());
        };
        Task<HttpResponseMessage> AskAsync(int length) => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(text: new string(' ', length))));

        var large = AskAsync(600_000);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(30)));
        using var second = await AskAsync(600_000);
        var little = AskAsync(1_000);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(30)));
        go.SetResult();

        await GatewayBed.ErrorAsync(second, 503, "overloaded");
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.True((await large).IsSuccessStatusCode && (await little).IsSuccessStatusCode);
        await HangingUp.UntilAsync(async () => (await AskAsync(600_000)).IsSuccessStatusCode); // the room is given back
        Assert.Equal(0m, (await small.CreditsAsync(user)).Held);
    }

    private async Task<Socket> PromiseAsync(string token, string path, long length, string begin, string type = "application/json", string more = "")
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bed.Server.Address.Host, bed.Server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {bed.Server.Address.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{more}\r\n{begin}"));
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket, string until = "\"error\"")
    {
        var (buffer, text) = (new byte[4096], new StringBuilder());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!text.ToString().Contains(until, StringComparison.Ordinal) && await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
