using System.Text.Json.Nodes;
using AIMake.Providers;
using AIMake.Providers.Tencent;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>What goes over the wire, byte for byte, and what its refusals are taken for.</summary>
public sealed class TencentWireTests
{
    public static TheoryData<string> Nonsenses => Nonsense.Names;

    [Fact]
    public async Task Speech_is_asked_for_with_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(TencentTestBed.Hello, "Region=ap-guangzhou");

        Assert.Equal(
            [
                "POST / HTTP/1.1",
                "Authorization: TC3-HMAC-SHA256 Credential=AKIDcanary/2026-11-20/tts/tc3_request, SignedHeaders=content-type;host, Signature=",
                "Content-Length: 133",
                "Content-Type: application/json",
                "Host: HOST",
                "User-Agent: AIMake/0.1.0",
                "X-TC-Action: TextToVoice",
                "X-TC-Region: ap-guangzhou",
                "X-TC-Timestamp: 1795165200",
                "X-TC-Version: 2019-08-23",
            ],
            Wire.Head(request).Select(line => line.StartsWith("Authorization", StringComparison.Ordinal) ? line[..^64] : line));
        Assert.Equal(
            """{"Text":"Hello","VoiceType":501008,"ModelType":1,"SampleRate":24000,"Codec":"pcm","SessionId":"SESSION"}""",
            Session(Wire.Body(request)));
    }

    [Fact]
    public async Task Language_speed_and_rate_travel_when_they_say_something_and_markup_as_text() => Assert.Equal(
        """{"Text":"‹speak>你好","VoiceType":501001,"Speed":1.5,"ModelType":1,"PrimaryLanguage":2,"SampleRate":16000,"Codec":"pcm","SessionId":"SESSION"}""",
        Session(Wire.Utf8Body(await SentAsync(new SpeechSynthesis("<speak>你好", "TextToVoice", "501001", "en-GB", 1.35), "SampleRate=16000"))));

    [Theory]
    [InlineData(0.5, -2)]
    [InlineData(0.6, -2)]
    [InlineData(0.7, -1.5)]
    [InlineData(0.8, -1)]
    [InlineData(1, 0)]
    [InlineData(1.1, 0.5)]
    [InlineData(1.5, 2)]
    [InlineData(2, 4)]
    [InlineData(2.5, 6)]
    [InlineData(9, 6)]
    public void Speed_is_told_on_the_vendors_scale(double factor, double step) => Assert.Equal(step, TencentSpeechBody.Speed(factor));

    [Theory]
    [InlineData("")]
    [InlineData("WeJames")]
    [InlineData("501001,501002")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public async Task A_voice_that_is_no_number_does_not_leave(string voice)
    {
        await using var server = new RawServer("");
        using var bed = new TencentTestBed(server.Host);

        Assert.Equal(ProviderFaultKind.Rejected, (await bed.FaultAsync(TencentTestBed.Hello with { Voice = voice })).Kind);
        Assert.Equal(0, server.Connects);
    }

    [Fact]
    public async Task A_region_that_would_add_a_header_does_not_leave()
    {
        await using var server = new RawServer("");
        using var bed = new TencentTestBed(server.Host, settings: ["Region=ap\r\nX-Injected: 1"]);

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Us), await bed.FaultAsync() is var fault ? (fault.Kind, fault.Party) : default);
        Assert.Equal(0, server.Connects);
    }

    [Theory]
    [InlineData("AuthFailure.SignatureFailure", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData("AuthFailure.SignatureExpire", ProviderFaultKind.Unauthorized, ProviderParty.Us, true)]
    [InlineData("AuthFailure.SomethingNew", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData("UnauthorizedOperation", ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData("UnsupportedOperation.AccountArrears", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData("UnsupportedOperation.NoBanlance", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData("UnsupportedOperation.NoFreeAccount", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData("UnsupportedOperation.ServerNotOpen", ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData("UnsupportedOperation.TextTooLong", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("LimitExceeded.AccessLimit", ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData("RequestLimitExceeded", ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData("RequestLimitExceeded.UinLimitExceeded", ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData("InternalError.ErrorGetRoute", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData("InvalidParameterValue.VoiceType", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("MissingParameter", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("UnsupportedRegion", ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    internal async Task A_code_becomes_a_fault(string code, ProviderFaultKind kind, ProviderParty party, bool retryable) => Assert.Equal(
        new ProviderFault(ProviderStage.FirstByte, party, kind, retryable, null, $"code {code}, request r-1"),
        await FaultAsync(Wire.Json($$$"""{"Response":{"Error":{"Code":"{{{code}}}","Message":"canary words"},"RequestId":"r-1"}}""")));

    [Theory]
    [InlineData("""{"Response":{"Error":{"Code":"canary words","Message":7},"RequestId":"r-1"}}""")]
    [InlineData("""{"Response":{"Error":"canary"}}""")]
    [InlineData("""{"Response":{"Error":{"Code":["canary"]}}}""")]
    [InlineData("""{"Response":{"Audio":"not base64!"}}""")]
    [InlineData("""{"Response":{"Audio":""}}""")]
    [InlineData("""{"Response":{"Audio":"YWJj"}}""")]
    [InlineData("""{"Response":{"Audio":7}}""")]
    [InlineData("""{"Response":null}""")]
    public async Task An_answer_that_makes_no_sense_is_invalid_and_its_words_are_not_kept(string body)
    {
        var fault = await FaultAsync(Wire.Json(body));

        Assert.Equal(ProviderFaultKind.InvalidResponse, fault.Kind);
        Assert.DoesNotContain("canary", fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, ProviderFaultKind.Throttled, true)]
    [InlineData(404, ProviderFaultKind.Rejected, false)]
    [InlineData(502, ProviderFaultKind.ServerError, true)]
    internal async Task A_status_other_than_200_is_from_something_in_between(int status, ProviderFaultKind kind, bool retryable)
    {
        var fault = await FaultAsync($"HTTP/1.1 {status} Status\r\nContent-Length: 6\r\n\r\n<html>");

        Assert.Equal((kind, retryable, $"status {status}"), (fault.Kind, fault.Retryable, fault.Detail));
    }

    [Theory]
    [MemberData(nameof(Nonsenses))]
    public Task Nonsense_has_a_name(string name) => Nonsense.MeetAsync(name, async host =>
    {
        using var bed = new TencentTestBed(host);
        await bed.SpeakAsync();
    });

    private static string Session(string body)
    {
        var id = (string)JsonNode.Parse(body)!["SessionId"]!;
        Assert.True(Guid.TryParse(id, out _));
        return body.Replace(id, "SESSION", StringComparison.Ordinal);
    }

    private static async Task<string> SentAsync(SpeechSynthesis request, params string[] settings)
    {
        await using var server = new RawServer(Wire.Json("""{"Response":{"Audio":"YWJjZA==","SessionId":"x","Subtitles":[],"RequestId":"r"}}"""));
        using var bed = new TencentTestBed(server.Host, time: new Hosting.ManualTime(), settings: settings);
        await bed.SpeakAsync(request);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static async Task<ProviderFault> FaultAsync(string answer)
    {
        await using var server = new RawServer(answer);
        using var bed = new TencentTestBed(server.Host);
        return await bed.FaultAsync();
    }
}
