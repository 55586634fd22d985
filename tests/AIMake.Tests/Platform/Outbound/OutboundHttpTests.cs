using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AIMake.Platform.Outbound;
using AIMake.Tests.Hosting;
using static AIMake.Tests.Platform.Outbound.OutboundTestBed;

namespace AIMake.Tests.Platform.Outbound;

public sealed class OutboundHttpTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    [Fact]
    public async Task An_ordinary_answer_comes_through()
    {
        await using var server = new RawServer(Ok + "Content-Type: Text/Plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello");
        using var http = Create([server.Host]);
        using var request = Get(server.Url);

        using var response = await http.SendAsync(request, OutboundLimits.Default, default);

        Assert.Equal((200, "text/plain"), (response.Status, response.MediaType));
        Assert.Equal("hello", Encoding.ASCII.GetString(await response.ReadUpToAsync(100, default)));
        var sent = Assert.Single(server.Requests);
        Assert.DoesNotContain("traceparent", sent, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>S43.</summary>
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_never_followed(int status)
    {
        await using var other = new RawServer(Ok + "Content-Length: 0\r\n\r\n");
        await using var server = new RawServer($"HTTP/1.1 {status} Go\r\nLocation: http://{other.Host}/\r\nContent-Length: 0\r\n\r\n");
        using var http = Create([server.Host, other.Host]);
        using var request = Get(server.Url);
        request.Headers.Add("x-api-key", "secret");

        var failure = await FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default));

        Assert.Equal(OutboundFailure.Redirected, failure.Failure);
        Assert.Equal($"status {status}", failure.Detail);
        Assert.Equal(0, other.Connects);
    }

    [Fact]
    public async Task A_private_address_is_not_dialled_unless_allowed()
    {
        await using var server = new RawServer(Ok + "Content-Length: 0\r\n\r\n");
        using var http = Create([]);
        using var request = Get(new Uri($"https://127.0.0.1:{server.Port}/"));

        Assert.Equal(OutboundFailure.NotAllowed, (await FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default))).Failure);
        Assert.Equal(0, server.Connects);
    }

    [Fact]
    public async Task A_public_name_that_leads_home_is_not_dialled()
    {
        var asked = new List<string>();
        using var http = Create([], resolver: (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("169.254.169.254"), IPAddress.Parse("::ffff:10.0.0.1")]);
        });
        using var request = Get(new Uri("https://rebinding.example.com/"));

        Assert.Equal(OutboundFailure.NotAllowed, (await FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default))).Failure);
        Assert.Equal(["rebinding.example.com"], asked);
    }

    [Fact]
    public async Task An_unknown_name_a_closed_port_and_a_refused_handshake_are_unreachable()
    {
        await using var plain = new RawServer(connection => connection.SendAsync("this is no handshake"), readsFirst: false);
        var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var closedPort = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var http = Create([plain.Host, $"127.0.0.1:{closedPort}"], resolver: (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        foreach (var url in new[] { "https://nowhere.example.com/", $"http://127.0.0.1:{closedPort}/", $"https://127.0.0.1:{plain.Port}/" })
        {
            using var request = Get(new Uri(url));
            Assert.Equal(OutboundFailure.Unreachable, (await FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default))).Failure);
        }
    }

    [Fact]
    public async Task A_connection_that_does_not_come_about_ends_at_its_limit()
    {
        using var http = Create([], options => options.ConnectTimeout = Short, async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return [];
        });
        using var request = Get(new Uri("https://slow.example.com/"));

        Assert.Equal(OutboundFailure.ConnectTimeout, (await FailureAsync(() => http.SendAsync(request, OutboundLimits.Default, default))).Failure);
    }

    [Fact]
    public async Task An_answer_that_does_not_begin_ends_at_its_limit()
    {
        await using var server = new RawServer(connection => connection.StallAsync());
        using var http = Create([server.Host]);
        using var request = Get(server.Url);

        Assert.Equal(OutboundFailure.FirstByteTimeout, (await FailureAsync(() => http.SendAsync(request, new() { FirstByte = Short }, default))).Failure);
    }

    [Fact]
    public async Task Silence_in_the_middle_ends_at_its_limit()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok + "Content-Length: 1000\r\n\r\nhello");
            await connection.StallAsync();
        });
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.IdleTimeout, await ReadToFailureAsync(http, server, new() { Idle = Short }));
    }

    [Fact]
    public async Task A_drip_of_single_bytes_is_silence_too()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok + "Content-Length: 1000\r\n\r\n");
            while (true)
            {
                await connection.SendAsync("x");
                await Task.Delay(50, connection.Stopped);
            }
        });
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.IdleTimeout, await ReadToFailureAsync(http, server, new() { Idle = Short, Total = TimeSpan.FromSeconds(30) }));
    }

    [Fact]
    public async Task A_slow_reader_on_our_side_is_not_silence_on_theirs()
    {
        var time = new ManualTime();
        await using var server = new RawServer(Ok + "Content-Length: 10\r\n\r\n0123456789");
        using var http = Create([server.Host], time: time);
        using var request = Get(server.Url);
        using var response = await http.SendAsync(request, OutboundLimits.Default, default);
        await response.Body.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("123456789", Encoding.ASCII.GetString(await response.ReadUpToAsync(100, default)));
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_at_its_cap()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok + "\r\n");
            while (true) await connection.SendAsync(new byte[65536]);
        });
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.TooLarge, await ReadToFailureAsync(http, server, new() { MaxBytes = 1 << 20 }));
    }

    [Fact]
    public async Task An_answer_that_announces_too_much_is_refused_unread()
    {
        await using var server = new RawServer(Ok + "Content-Length: 1048577\r\n\r\n");
        using var http = Create([server.Host]);
        using var request = Get(server.Url);

        Assert.Equal(OutboundFailure.TooLarge, (await FailureAsync(() => http.SendAsync(request, new() { MaxBytes = 1 << 20 }, default))).Failure);
    }

    [Fact]
    public async Task A_whole_call_ends_at_its_limit_however_busy()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok + "\r\n");
            while (true)
            {
                await connection.SendAsync(new byte[64]);
                await Task.Delay(20, connection.Stopped);
            }
        });
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.TotalTimeout, await ReadToFailureAsync(http, server, new() { Total = Short * 2 }));
    }

    /// <summary>S48.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compression_bomb_is_cut_at_the_cap_of_what_it_unpacks_to(string encoding)
    {
        var bomb = Pack(encoding, new byte[64 << 20]);
        Assert.True(bomb.Length < 1 << 20);
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync($"{Ok}Content-Encoding: {encoding}\r\nContent-Length: {bomb.Length}\r\n\r\n");
            await connection.SendAsync(bomb);
        });
        using var http = Create([server.Host]);
        using var request = Get(server.Url);
        using var response = await http.SendAsync(request, new() { MaxBytes = 2 << 20 }, default);
        var unpacked = 0;

        var failure = await FailureAsync(async () =>
        {
            var buffer = new byte[16384];
            while (true) unpacked += await response.Body.ReadAsync(buffer, TestContext.Current.CancellationToken);
        });

        Assert.Equal(OutboundFailure.TooLarge, failure.Failure);
        Assert.InRange(unpacked, 1, 2 << 20);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task An_honest_compressed_answer_is_unpacked(string encoding)
    {
        var packed = Pack(encoding, "hello"u8.ToArray());
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync($"{Ok}Content-Encoding: {encoding}\r\nContent-Length: {packed.Length}\r\n\r\n");
            await connection.SendAsync(packed);
        });
        using var http = Create([server.Host]);
        using var request = Get(server.Url);

        using var response = await http.SendAsync(request, OutboundLimits.Default, default);

        Assert.Equal("hello", Encoding.ASCII.GetString(await response.ReadUpToAsync(100, default)));
    }

    [Theory]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("Content-Encoding: gzip, gzip\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("Content-Encoding: zip9\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task An_answer_not_packed_as_it_says_is_invalid(string rest)
    {
        await using var server = new RawServer(Ok + rest);
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.InvalidResponse, await ReadToFailureAsync(http, server, OutboundLimits.Default));
    }

    [Fact]
    public async Task Ten_megabytes_of_headers_are_refused()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok);
            for (var i = 0; i < 1024; i++) await connection.SendAsync($"X-{i}: {new string('h', 10_240)}\r\n");
            await connection.StallAsync();
        });
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.TooLarge, await ReadToFailureAsync(http, server, OutboundLimits.Default));
    }

    [Fact]
    public async Task Something_that_is_not_http_is_invalid()
    {
        await using var server = new RawServer("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        using var http = Create([server.Host]);

        Assert.Equal(OutboundFailure.InvalidResponse, await ReadToFailureAsync(http, server, OutboundLimits.Default));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Ok)]
    [InlineData(Ok + "Content-Length: 100\r\n\r\nhello")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    public async Task A_connection_that_ends_early_is_an_interruption(string sent)
    {
        await using var closing = new RawServer(sent);
        await using var resetting = new RawServer(async connection =>
        {
            await connection.SendAsync(sent);
            connection.Reset();
        });
        using var http = Create([closing.Host, resetting.Host]);

        Assert.Equal(OutboundFailure.Interrupted, await ReadToFailureAsync(http, closing, OutboundLimits.Default));
        Assert.Equal(OutboundFailure.Interrupted, await ReadToFailureAsync(http, resetting, OutboundLimits.Default));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_told_apart_from_a_limit_and_closes_the_connection()
    {
        var left = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Ok + "Content-Length: 1000\r\n\r\nhello");
            await connection.UntilClientLeavesAsync();
            left.SetResult();
        });
        using var http = Create([server.Host]);
        using var request = Get(server.Url);
        using var caller = new CancellationTokenSource();
        using (var response = await http.SendAsync(request, OutboundLimits.Default, caller.Token))
        {
            await response.Body.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);
            var reading = response.Body.ReadAsync(new byte[5], caller.Token);
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Retry-After: 7", 7_000)]
    [InlineData("retry-after-ms: 250", 250)]
    [InlineData("Retry-After: 7\r\nretry-after-ms: 250", 250)]
    [InlineData("Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 0)]
    public async Task The_wait_the_other_side_asks_for_is_read(string header, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), await RetryAfterAsync(header));

    [Theory]
    [InlineData("X-Other: 1")]
    [InlineData("Retry-After: soon")]
    [InlineData("Retry-After: -3")]
    [InlineData("retry-after-ms: -3")]
    [InlineData("retry-after-ms: 99999999999999999999")]
    public async Task A_wait_that_makes_no_sense_is_no_wait(string header) => Assert.Null(await RetryAfterAsync(header));

    private static async Task<TimeSpan?> RetryAfterAsync(string header)
    {
        await using var server = new RawServer($"HTTP/1.1 429 Slow\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        using var http = Create([server.Host]);
        using var request = Get(server.Url);
        using var response = await http.SendAsync(request, OutboundLimits.Default, default);
        return response.RetryAfter(TimeProvider.System);
    }

    private static async Task<OutboundFailure> ReadToFailureAsync(OutboundHttp http, RawServer server, OutboundLimits limits)
    {
        using var request = Get(server.Url);
        var failure = await FailureAsync(async () =>
        {
            using var response = await http.SendAsync(request, limits, TestContext.Current.CancellationToken);
            var buffer = new byte[16384];
            while (await response.Body.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        });
        return failure.Failure;
    }

    private static byte[] Pack(string encoding, byte[] content)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
               {
                   "gzip" => new GZipStream(packed, CompressionLevel.Optimal, true),
                   "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, true),
                   "br" => new BrotliStream(packed, CompressionLevel.Fastest, true),
                   _ => new MemoryStream(),
               })
        {
            packer.Write(content);
        }
        return encoding == "identity" ? content : packed.ToArray();
    }
}
