using AIMake.Providers;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.ElevenLabs;

/// <summary>Every way an answer can go wrong, and what it is taken for.</summary>
public sealed class ElevenLabsFaultsTests
{
    public static TheoryData<string> Nonsenses => Nonsense.Names;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "authentication_error", "invalid_api_key", "invalid_api_key", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(401, "authentication_error", "unauthorized", "missing_permissions", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(401, null, null, "quota_exceeded", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(401, null, "quota_exceeded", null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(402, "payment_required", "insufficient_credits", null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(401, "payment_required", "payment_issue", null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(402, "payment_required", null, null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(402, null, null, null, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(402, "payment_required", "paid_plan_required", "payment_required", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(403, "authorization_error", "subscription_required", "output_format_not_allowed", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(403, null, null, "only_for_creator+", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(401, null, null, "detected_unusual_activity", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(403, null, null, null, ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(404, "not_found", "voice_not_found", "voice_not_found", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(400, null, null, "max_character_limit_exceeded", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(400, null, null, "invalid_ttd_stability", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(429, "rate_limit_error", "rate_limit_exceeded", "system_busy", ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(429, null, null, null, ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(425, null, null, null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(500, null, null, null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(503, null, null, null, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    internal async Task Words_and_status_become_a_fault(int status, string? type, string? code, string? word, ProviderFaultKind kind, ProviderParty party, bool retryable)
    {
        var body = $$$"""{"detail":{"type":{{{Quoted(type)}}},"code":{{{Quoted(code)}}},"message":"canary words","status":{{{Quoted(word)}}}}}""";

        var fault = await FaultAsync(Refusal(status, "request-id: r-1", body));

        Assert.Equal(
            new ProviderFault(ProviderStage.FirstByte, party, kind, retryable, null, $"status {status}, type {type ?? "none"}, code {code ?? "none"}, status word {word ?? "none"}, request r-1"),
            fault);
    }

    [Fact]
    public async Task A_key_with_all_its_places_taken_is_asked_again_soon_and_one_throttled_when_it_says()
    {
        const string full = """{"detail":{"type":"rate_limit_error","code":"concurrent_limit_exceeded","status":"too_many_concurrent_requests","message":"x"}}""";

        var soon = await FaultAsync(Refusal(429, "X-A: b", full));
        var said = await FaultAsync(Refusal(429, "Retry-After: 9", full));

        Assert.Equal((ProviderFaultKind.Throttled, true, TimeSpan.FromMilliseconds(750)), (soon.Kind, soon.Retryable, soon.RetryAfter));
        Assert.Equal(TimeSpan.FromSeconds(9), said.RetryAfter);
    }

    [Theory]
    [InlineData("""{"detail":[{"loc":["body","text"],"msg":"canary words","type":"missing"}]}""")]
    [InlineData("""{"detail":"canary words"}""")]
    [InlineData("""{"detail":{"type":17,"code":["canary"],"status":{"canary":1}}}""")]
    [InlineData("""{"detail":{"code":"canary\nwords","status":"\ud83d"}}""")]
    [InlineData("<html>canary</html>")]
    [InlineData("[1,2")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_body_of_any_shape_leaves_the_status_and_never_its_words(string body)
    {
        var fault = await FaultAsync(Refusal(422, "X-A: b", body));

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Caller, false), (fault.Kind, fault.Party, fault.Retryable));
        Assert.StartsWith("status 422", fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{\"ok\":true}")]
    [InlineData("text/html", "<html>")]
    [InlineData("video/mp4", "abcd")]
    public async Task Anything_that_says_it_is_not_sound_is_invalid(string type, string body) =>
        Assert.Equal(ProviderFaultKind.InvalidResponse, (await FaultAsync(Refusal(200, $"Content-Type: {type}", body))).Kind);

    [Theory]
    [MemberData(nameof(Nonsenses))]
    public async Task Nonsense_instead_of_sound_has_a_name(string name)
    {
        // Its content type gives it away before the connection breaks.
        if (name == "a broken-off answer") return;
        await Nonsense.MeetAsync(name, async host =>
        {
            using var bed = new ElevenLabsTestBed(host);
            await bed.SpeakAsync();
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("abcde")]
    public async Task No_sound_and_half_a_sample_are_invalid(string body) =>
        Assert.Equal(ProviderFaultKind.InvalidResponse, (await FaultAsync(Refusal(200, "Content-Type: audio/mpeg", body))).Kind);

    [Fact]
    public async Task Sound_without_end_is_not_listened_to_for_ever()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n");
            while (true) await connection.SendAsync(new byte[1 << 20]);
        });
        using var bed = new ElevenLabsTestBed(server.Host);

        Assert.Equal(ProviderFaultKind.InvalidResponse, (await bed.FaultAsync()).Kind);
    }

    [Fact]
    public async Task A_cut_within_the_sound_is_told_from_one_before_it()
    {
        const string head = "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\n";

        var (before, within) = (await FaultAsync(head), await FaultAsync(head + "abcdefghijklmnop"));

        Assert.Equal((ProviderStage.FirstByte, ProviderFaultKind.Interrupted), (before.Stage, before.Kind));
        Assert.Equal((ProviderStage.Stream, ProviderFaultKind.Interrupted), (within.Stage, within.Kind));
    }

    [Theory]
    [MemberData(nameof(Nonsenses))]
    public Task Nonsense_instead_of_times_has_a_name(string name) => Nonsense.MeetAsync(name, async host =>
    {
        using var bed = new ElevenLabsTestBed(host);
        await bed.Vendor.TimedSpeech(bed.Endpoint).SpeakAsync(ElevenLabsTestBed.Hello, Ct);
    });

    [Theory]
    [InlineData("""{"audio_base64":"YWJj"}""")]
    [InlineData("""{"audio_base64":""}""")]
    [InlineData("""{"audio_base64":"not base64!"}""")]
    [InlineData("""{"audio_base64":"YWJjZA==","alignment":{"characters":["H"],"character_start_times_seconds":[],"character_end_times_seconds":[]}}""")]
    [InlineData("""{"audio_base64":"YWJjZA==","alignment":{"characters":[1],"character_start_times_seconds":["0"],"character_end_times_seconds":[null]}}""")]
    public async Task Sound_or_times_that_make_no_sense_are_invalid(string body)
    {
        await using var server = new RawServer(Wire.Json(body));
        using var bed = new ElevenLabsTestBed(server.Host);

        var failure = await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.TimedSpeech(bed.Endpoint).SpeakAsync(ElevenLabsTestBed.Hello, Ct));

        Assert.Equal(ProviderFaultKind.InvalidResponse, failure.Fault.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"alignment\":null")]
    [InlineData(",\"alignment\":{\"characters\":[\"\\ud83d\"],\"character_start_times_seconds\":[0],\"character_end_times_seconds\":[1]}")]
    public async Task Times_may_be_missing_or_odd_where_the_sound_is_there(string rest)
    {
        await using var server = new RawServer(Wire.Json($$"""{"audio_base64":"YWJjZA=="{{rest}}}"""));
        using var bed = new ElevenLabsTestBed(server.Host);

        Assert.Equal(4, (await bed.Vendor.TimedSpeech(bed.Endpoint).SpeakAsync(ElevenLabsTestBed.Hello, Ct)).Pcm.Length);
    }

    private static string Quoted(string? word) => word is null ? "null" : $"\"{word}\"";

    private static string Refusal(int status, string header, string body) =>
        $"HTTP/1.1 {status} Status\r\n{header}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task<ProviderFault> FaultAsync(string answer)
    {
        await using var server = new RawServer(answer);
        using var bed = new ElevenLabsTestBed(server.Host);
        return await bed.FaultAsync();
    }
}
