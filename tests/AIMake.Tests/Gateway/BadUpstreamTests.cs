using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Outbound;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Gateway;

/// <summary>F26, F31 and S48 at the gateway: providers that are dead, hostile or down. Whatever they do is never our 500, and costs nothing.</summary>
public sealed class BadUpstreamTests : IAsyncLifetime
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private Func<RawServer.Connection, Task> _script = connection => connection.SendAsync(Ok);
    private RawServer _server = null!;
    private GatewayBed _bed = null!;

    public async ValueTask InitializeAsync()
    {
        _server = new RawServer(connection => _script(connection));
        _bed = await GatewayBed.StartAsync("--Providers:upstream:BaseUrl", $"http://{_server.Host}/v1", "--Outbound:AllowedHosts:0", _server.Host);
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_a_provider_does_is_told_as_its_fault_and_costs_nothing()
    {
        var user = await _bed.Server.CreateUserAsync();
        (string What, Func<RawServer.Connection, Task> Script, int Status, string Code)[] days =
        [
            ("resets", c => { c.Reset(); return Task.CompletedTask; }, 502, "upstream_error"),
            ("closes", _ => Task.CompletedTask, 502, "upstream_error"),
            ("speaks something else", c => c.SendAsync("SSH-2.0-OpenSSH_9.2p1\r\n"), 502, "upstream_invalid_response"),
            ("is broken", c => c.SendAsync("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), 502, "upstream_error"),
            ("answers with a page", c => c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<h1>"), 502, "upstream_invalid_response"),
            ("answers with nothing", c => c.SendAsync(Ok + "Content-Length: 0\r\n\r\n"), 502, "upstream_invalid_response"),
            ("promises more than it sends", c => c.SendAsync(Ok + "Content-Length: 900\r\n\r\n{\"choices\":"), 502, "upstream_interrupted"),
            ("promises more than anybody wants", c => c.SendAsync(Ok + "Content-Length: 9000000000\r\n\r\n{"), 502, "upstream_invalid_response"),
            ("sends ten megabytes of headers", HeadersAsync, 502, "upstream_invalid_response"),
            ("sends a bomb", BombAsync, 502, "upstream_invalid_response"),
            ("never stops", EndlessAsync, 502, "upstream_invalid_response"),
        ];

        foreach (var (what, script, status, code) in days)
        {
            _script = script;
            using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
            var body = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status && body.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal), $"{what}: {(int)response.StatusCode} {body}");
        }

        Assert.Equal((500m, 0m), await _bed.CreditsAsync(user));
        Assert.Empty(await _bed.UsageAsync(user));
        _script = connection => connection.SendAsync(Ok + "Content-Length: 71\r\nConnection: close\r\n\r\n" + """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}     """);
        using var after = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task When_every_key_is_out_callers_are_told_at_once_and_the_provider_is_not_stormed()
    {
        await using var bed = await GatewayBed.StartAsync(
            "--Providers:upstream:ApiKey", "sk-1,sk-2,sk-3", "--Providers:upstream:Resilience:MaxRetries", "2", "--Providers:upstream:Resilience:BreakAfter", "5",
            "--Providers:upstream:Resilience:BreakAtLeastCalls", "8", "--Providers:upstream:Resilience:RetryDelay", "00:00:00.010");
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        const int offered = 200;
        var waits = new List<TimeSpan>();

        for (var i = 0; i < offered; i++)
        {
            var watch = Stopwatch.StartNew();
            using var answer = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
            waits.Add(watch.Elapsed);
            Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable]);
            if (i >= offered / 2)
            {
                await GatewayBed.ErrorAsync(answer, 503, "provider_busy");
                Assert.NotNull(answer.Headers.RetryAfter);
            }
        }

        waits.Sort();
        Assert.True(waits[offered / 2] < TimeSpan.FromMilliseconds(50), $"half waited longer than {waits[offered / 2]}");
        Assert.True(bed.Upstream.Seen.Count <= offered * 1.2, $"{bed.Upstream.Seen.Count} were sent on for {offered}");
        Assert.Equal((500m, 0m), await bed.CreditsAsync(user));
    }

    private static async Task HeadersAsync(RawServer.Connection connection)
    {
        await connection.SendAsync(Ok);
        for (var i = 0; i < 1024; i++) await connection.SendAsync($"X-{i}: {new string('h', 10_240)}\r\n");
        await connection.StallAsync();
    }

    private static async Task BombAsync(RawServer.Connection connection)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 100; i++) await gzip.WriteAsync(zeros);
        }

        await connection.SendAsync($"{Ok}Content-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");
        await connection.SendAsync(packed.ToArray());
    }

    private static async Task EndlessAsync(RawServer.Connection connection)
    {
        await connection.SendAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n");
        var chunk = $"100000\r\n{new string(' ', 0x100000)}\r\n";
        while (true) await connection.SendAsync(chunk);
    }
}
