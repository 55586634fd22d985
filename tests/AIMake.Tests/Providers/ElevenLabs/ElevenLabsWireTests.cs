using AIMake.Providers;
using AIMake.Providers.ElevenLabs;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.ElevenLabs;

/// <summary>What goes over the wire, byte for byte.</summary>
public sealed class ElevenLabsWireTests
{
    private const string Sound = "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 4\r\n\r\nabcd";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speech_is_asked_for_with_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(bed => bed.SpeakAsync());

        Assert.Equal(
            [
                "POST /v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream?output_format=pcm_24000 HTTP/1.1",
                "Content-Length: 52",
                "Content-Type: application/json",
                "Host: HOST",
                "User-Agent: AIMake/0.1.0",
                "xi-api-key: sk-canary",
            ],
            Wire.Head(request));
        Assert.Equal("""{"text":"Hello","model_id":"eleven_multilingual_v2"}""", Wire.Body(request));
    }

    [Theory]
    [InlineData("eleven_flash_v2_5", "zh-CN", ",\"language_code\":\"zh\"")]
    [InlineData("eleven_v3", "en", ",\"language_code\":\"en\"")]
    [InlineData("eleven_v3", "cmn-Hans", ",\"language_code\":\"zh\"")]
    [InlineData("eleven_v3", "x-klingon", "")]
    [InlineData("eleven_multilingual_v2", "zh-CN", "")]
    [InlineData("eleven_flash_v2", "en", "")]
    public async Task The_language_goes_to_models_that_may_be_told(string model, string language, string member) => Assert.Equal(
        $$"""{"text":"Hello","model_id":"{{model}}"{{member}}}""",
        Wire.Body(await SentAsync(bed => bed.SpeakAsync(ElevenLabsTestBed.Hello with { Model = model, Language = language }))));

    [Theory]
    [InlineData(1.15, "1.15")]
    [InlineData(0.7, "0.7")]
    [InlineData(0.5, "0.7")]
    [InlineData(2, "1.2")]
    public async Task Speed_travels_within_the_vendors_bounds(double speed, string sent) => Assert.Equal(
        $$$"""{"text":"Hello","model_id":"eleven_multilingual_v2","voice_settings":{"speed":{{{sent}}}}}""",
        Wire.Body(await SentAsync(bed => bed.SpeakAsync(ElevenLabsTestBed.Hello with { Speed = speed }))));

    [Theory]
    [InlineData("eleven_multilingual_v2", "He said: <break time=\\\"9s\\\"/>", "He said: ‹break time=\\\"9s\\\"/>")]
    [InlineData("eleven_multilingual_v2", "[laughing] 2 < 3 你好", "[laughing] 2 < 3 你好")]
    [InlineData("eleven_v3", "[laughing] Ha", "(laughing) Ha")]
    public async Task Text_travels_as_text(string model, string text, string sent) => Assert.Equal(
        $$"""{"text":"{{sent}}","model_id":"{{model}}"}""",
        Wire.Utf8Body(await SentAsync(bed => bed.SpeakAsync(ElevenLabsTestBed.Hello with { Model = model, Text = text.Replace("\\\"", "\"", StringComparison.Ordinal) }))));

    [Fact]
    public async Task A_dialogue_names_a_voice_for_each_line_and_directions_stand_apart_from_text()
    {
        DialogueLine[] lines =
        [
            new(ElevenLabsTestBed.George, "Welcome [applause] back!", "cheerfully"),
            new(ElevenLabsTestBed.Sarah, "Thanks.", "]whispers["),
            new(ElevenLabsTestBed.Sarah, "Again."),
        ];

        var request = await SentAsync(bed => bed.Vendor.Dialogue(bed.Endpoint).SpeakAsync("eleven_v3", lines, Ct).ToListAsync(Ct).AsTask());

        Assert.StartsWith("POST /v1/text-to-dialogue/stream?output_format=pcm_24000 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            """{"inputs":[{"text":"[cheerfully] Welcome (applause) back!","voice_id":"JBFqnCBsd6RMkjVDRZzb"},{"text":"[)whispers(] Thanks.","voice_id":"EXAVITQu4vr4xnSDxMaL"},{"text":"Again.","voice_id":"EXAVITQu4vr4xnSDxMaL"}],"model_id":"eleven_v3"}""",
            Wire.Body(request));
    }

    [Fact]
    public async Task Times_are_asked_for_at_their_own_route()
    {
        await using var server = new RawServer(Wire.Json("""{"audio_base64":"YWJjZA==","alignment":{"characters":["H","i"],"character_start_times_seconds":[0,0.1],"character_end_times_seconds":[0.1,0.2]}}"""));
        using var bed = new ElevenLabsTestBed(server.Host);

        var spoken = await bed.Vendor.TimedSpeech(bed.Endpoint).SpeakAsync(ElevenLabsTestBed.Hello with { Text = "Hi" }, Ct);

        Assert.StartsWith("POST /v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=pcm_24000 HTTP/1.1\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Equal("abcd"u8.ToArray(), spoken.Pcm.ToArray());
        Assert.Equal([new("H", 0, 0.1), new("i", 0.1, 0.2)], spoken.Characters);
    }

    private static async Task<string> SentAsync(Func<ElevenLabsTestBed, Task> call)
    {
        await using var server = new RawServer(Sound);
        using var bed = new ElevenLabsTestBed(server.Host);
        await call(bed);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }
}
