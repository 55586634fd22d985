using AIMake.Providers;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>Every way an answer can go wrong, and what it is taken for.</summary>
public sealed class OpenAiFaultsTests
{
    private const string Sound = "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\n";

    [Theory]
    [InlineData(400, "invalid_request_error", null, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(401, "invalid_request_error", "invalid_api_key", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(402, "billing", null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(403, "invalid_request_error", "unsupported_country", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(404, "invalid_request_error", "model_not_found", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(408, "server_error", null, ProviderFaultKind.Timeout, ProviderParty.Clock, true)]
    [InlineData(409, "conflict", null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(413, "server_error", null, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(422, "invalid_request_error", null, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(429, "tokens", "rate_limit_exceeded", ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(429, "requests", null, ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(429, "insufficient_quota", null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(429, "tokens", "insufficient_quota", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(500, "server_error", null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(501, "server_error", null, ProviderFaultKind.ServerError, ProviderParty.Provider, false)]
    [InlineData(503, "server_error", "overloaded", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(599, "server_error", null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    internal async Task A_status_becomes_a_fault(int status, string type, string? code, ProviderFaultKind kind, ProviderParty party, bool retryable)
    {
        var quoted = code is null ? "null" : $"\"{code}\"";
        var body = $$$"""{"error":{"message":"Secret canary text","type":"{{{type}}}","param":null,"code":{{{quoted}}}},"usage":{"type":"duration","seconds":0}}""";
        var fault = await FaultAsync(Answer(status, "x-request-id: req_1\r\nContent-Type: application/json", body));

        Assert.Equal(new ProviderFault(ProviderStage.FirstByte, party, kind, retryable, null, $"status {status}, type {type}, code {code ?? "none"}, request req_1"), fault);
    }

    [Fact]
    public async Task The_wait_a_vendor_asks_for_is_kept() =>
        Assert.Equal(TimeSpan.FromSeconds(7), (await FaultAsync(Answer(429, "Retry-After: 7", "{}"))).RetryAfter);

    [Theory]
    [InlineData(503, "x-should-retry: false", false)]
    [InlineData(400, "x-should-retry: true", true)]
    [InlineData(401, "x-should-retry: true", false)]
    [InlineData(500, "x-should-retry: perhaps", true)]
    public async Task The_vendors_own_word_on_retrying_counts_except_about_keys(int status, string header, bool retryable) =>
        Assert.Equal(retryable, (await FaultAsync(Answer(status, header, "{}"))).Retryable);

    [Theory]
    [InlineData("<html><body>Secret canary text</body></html>")]
    [InlineData("{\"error\":\"Secret canary text\"}")]
    [InlineData("{\"error\":{\"type\":17,\"code\":[\"Secret canary text\"]}}")]
    [InlineData("{\"error\":{\"type\":\"Secret canary text\",\"code\":\"Secret\\ncanary\"}}")]
    [InlineData("{\"detail\":\"Secret canary text\"}")]
    [InlineData("[1,2")]
    [InlineData("null")]
    [InlineData("")]
    public async Task An_error_body_of_any_shape_leaves_the_status_and_never_its_words(string body)
    {
        var fault = await FaultAsync(Answer(502, "Content-Type: text/html", body));

        Assert.Equal((ProviderFaultKind.ServerError, true), (fault.Kind, fault.Retryable));
        Assert.StartsWith("status 502", fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_body_without_end_is_not_waited_for()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 500 Oops\r\n\r\n");
            while (true) await connection.SendAsync(new byte[65536]);
        });
        using var bed = new OpenAiTestBed(server.Host);

        Assert.Equal(ProviderFaultKind.ServerError, (await bed.FaultAsync()).Kind);
    }

    [Theory]
    [InlineData("Content-Type: application/json", "{\"ok\":true}")]
    [InlineData("Content-Type: text/html", "<html>")]
    [InlineData("Content-Type: audio/mpeg", "ID3abcd")]
    [InlineData("X-No: type", "abcd")]
    public async Task Anything_but_the_sound_asked_for_is_invalid(string header, string body) =>
        AssertInvalid(await FaultAsync(Answer(200, header, body)));

    [Theory]
    [InlineData("audio/pcm")]
    [InlineData("AUDIO/PCM; rate=24000")]
    [InlineData("application/octet-stream")]
    public async Task Raw_samples_go_by_several_names(string type)
    {
        await using var server = new RawServer(Answer(200, $"Content-Type: {type}", "abcdef"));
        using var bed = new OpenAiTestBed(server.Host);

        Assert.Equal(6, (await bed.SpeakAsync()).Pcm.Length);
    }

    [Fact]
    public async Task No_sound_at_all_is_invalid() => AssertInvalid(await FaultAsync(Answer(200, "Content-Type: audio/pcm", "")));

    [Fact]
    public async Task An_odd_byte_at_the_end_is_invalid() => AssertInvalid(await FaultAsync(Answer(200, "Content-Type: audio/pcm", "abcde")));

    [Fact]
    public async Task Samples_cut_between_reads_are_put_together()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(Sound + "Content-Length: 10\r\n\r\n");
            foreach (var c in "abcdefghij") await connection.SendAsync(c.ToString());
        });
        using var bed = new OpenAiTestBed(server.Host);

        Assert.Equal("abcdefghij"u8.ToArray(), (await bed.SpeakAsync()).Pcm);
    }

    [Fact]
    public async Task A_cut_before_the_sound_and_one_within_it_are_told_apart()
    {
        var before = await FaultAsync("");
        var atOnce = await FaultAsync(Sound + "Content-Length: 1000\r\n\r\n");
        var within = await FaultAsync(Sound + "Content-Length: 1000\r\n\r\nabcdefghijklmnop");

        Assert.Equal((ProviderStage.FirstByte, ProviderFaultKind.Interrupted, true), (before.Stage, before.Kind, before.Retryable));
        Assert.Equal((ProviderStage.FirstByte, ProviderFaultKind.Interrupted, true), (atOnce.Stage, atOnce.Kind, atOnce.Retryable));
        Assert.Equal((ProviderStage.Stream, ProviderFaultKind.Interrupted, true), (within.Stage, within.Kind, within.Retryable));
    }

    [Fact]
    public async Task Silence_before_the_answer_and_within_it_is_the_clocks_doing()
    {
        await using var mute = new RawServer(connection => connection.StallAsync());
        await using var stalling = new RawServer(async connection =>
        {
            await connection.SendAsync(Sound + "Content-Length: 1000\r\n\r\nabcdefghijklmnop");
            await connection.StallAsync();
        });
        using var first = new OpenAiTestBed(mute.Host, outbound: outbound => outbound.FirstByteTimeout = OutboundTestBed.Short);
        using var second = new OpenAiTestBed(stalling.Host, outbound: outbound => outbound.IdleTimeout = OutboundTestBed.Short);

        var before = await first.FaultAsync();
        var within = await second.FaultAsync();

        Assert.Equal((ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout), (before.Stage, before.Party, before.Kind));
        Assert.Equal((ProviderStage.Stream, ProviderParty.Clock, ProviderFaultKind.Timeout), (within.Stage, within.Party, within.Kind));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_not_retried()
    {
        var fault = await FaultAsync(Answer(307, "Location: https://elsewhere.example.com/", ""));

        Assert.Equal((ProviderFaultKind.Redirected, false), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task A_server_nobody_answers_at_is_unreachable()
    {
        var server = new RawServer("");
        var host = server.Host;
        await server.DisposeAsync();
        using var bed = new OpenAiTestBed(host);

        var fault = await bed.FaultAsync();

        Assert.Equal((ProviderStage.Connect, ProviderFaultKind.Unreachable, true), (fault.Stage, fault.Kind, fault.Retryable));
    }

    private static void AssertInvalid(ProviderFault fault) =>
        Assert.Equal((ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse), (fault.Stage, fault.Party, fault.Kind));

    private static string Answer(int status, string header, string body) =>
        $"HTTP/1.1 {status} Status\r\n{header}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task<ProviderFault> FaultAsync(string answer)
    {
        await using var server = new RawServer(answer);
        using var bed = new OpenAiTestBed(server.Host);
        return await bed.FaultAsync();
    }
}
