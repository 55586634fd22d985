using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AIMake.Platform.Media;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Media;

namespace AIMake.Tests.Gateway;

/// <summary>Every format OpenAI names, from voices of our own and from servers that make WAV only; speed, and what is refused.</summary>
public sealed class SpeechFormatsTests(TestServer server, MediaFixture media) : IClassFixture<TestServer>, IClassFixture<MediaFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mp3", "audio/mpeg", "FFF3")]
    [InlineData("opus", "audio/ogg", "4F676753")]
    [InlineData("aac", "audio/aac", "FFF1")]
    [InlineData("flac", "audio/flac", "664C6143")]
    [InlineData("wav", "audio/wav", "52494646")]
    [InlineData("pcm", "audio/pcm", "")]
    public async Task A_voice_of_our_own_speaks_it(string format, string mimeType, string begins)
    {
        var user = await server.CreateUserAsync();

        using var answer = await SpeakAsync(user, format);

        var sound = await SoundAsync(answer, mimeType);
        var path = media.NewPath(format == "pcm" ? "wav" : format);
        await File.WriteAllBytesAsync(path, format == "pcm" ? [.. WavEncoder.Header(24_000, sound.Length), .. sound] : sound, Ct);
        Assert.Equal(begins, Convert.ToHexString(sound)[..begins.Length]);
        Assert.InRange((await media.DecodeAsync(path, 24_000, strict: false)).Length / 24_000.0, 0.6, 3);
    }

    [Fact]
    public async Task Bare_samples_last_as_long_as_the_same_words_in_a_wav_and_the_library_keeps_a_wav()
    {
        var user = await server.CreateUserAsync();
        using var bare = await SpeakAsync(user, "pcm", key: "k");
        var samples = await SoundAsync(bare, "audio/pcm");
        using var wav = await SpeakAsync(user, "wav");
        var (rate, data) = Riff(await SoundAsync(wav, "audio/wav"));

        Assert.Equal((data / 2) / (double)rate, samples.Length / 48_000.0, 2);
        Assert.True(MemoryMarshal.Cast<byte, short>(samples).ToArray().Max() > 1000);

        var kept = await (await user.Http.GetAsync("/api/audios?limit=2", Ct)).DataAsync();
        var id = kept.GetProperty("items").EnumerateArray().Last().GetProperty("id").GetString();
        using var file = await user.Http.GetAsync($"/api/audios/{id}/download", Ct);
        Assert.Equal("audio/wav", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal((24_000, samples.Length), Riff(await file.Content.ReadAsByteArrayAsync(Ct)));

        using var again = await SpeakAsync(user, "pcm", key: "k");
        Assert.Equal(samples, await SoundAsync(again, "audio/pcm"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public async Task Speed_is_heard(double speed)
    {
        var user = await server.CreateUserAsync();
        using var usual = await SpeakAsync(user, "pcm");
        using var other = await SpeakAsync(user, "pcm", $",\"speed\":{speed}");

        var ratio = (await SoundAsync(usual, "audio/pcm")).Length / (double)(await SoundAsync(other, "audio/pcm")).Length;

        Assert.InRange(ratio, speed * 0.7, speed * 1.4);
    }

    [Theory]
    [InlineData(",\"speed\":0.3", "field_out_of_range", "speed", "0.5 and 2")]
    [InlineData(",\"speed\":4", "field_out_of_range", "speed", "0.5 and 2")]
    [InlineData(",\"speed\":9", "field_out_of_range", "speed", "0.25 and 4")]
    [InlineData(",\"response_format\":\"ogg\"", "format_unknown", "response_format", "mp3, opus, aac, flac, wav, pcm")]
    [InlineData(",\"x\":1", "voice_unknown", "voice", "GET /v1/audio/voices")]
    [InlineData(",\"stream_format\":\"events\"", "field_invalid", "stream_format", "audio, sse")]
    [InlineData("", "text_empty", "input", "nothing that can be spoken")]
    public async Task What_cannot_be_is_refused_with_what_can(string extra, string code, string param, string cure)
    {
        var user = await server.CreateUserAsync();

        using var answer = await user.Http.PostAsync("/v1/audio/speech", GatewayRequests.Json($$"""{"model":"espeak-ng","voice":"{{(param == "voice" ? "alloy" : "en-us")}}","input":"{{(param == "input" ? "  " : "Good morning")}}"{{extra}}}"""), Ct);

        var error = await GatewayBed.ErrorAsync(answer, 400, code);
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(cure, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mp3", "audio/mpeg", "FFF3")]
    [InlineData("opus", "audio/ogg", "4F676753")]
    [InlineData("aac", "audio/aac", "FFF1")]
    [InlineData("flac", "audio/flac", "664C6143")]
    [InlineData("wav", "audio/wav", "52494646")]
    [InlineData("pcm", "audio/pcm", "")]
    public async Task A_server_that_only_makes_wav_is_encoded_for(string format, string mimeType, string begins)
    {
        await using var speaking = await SpeakingServer.StartAsync();
        var user = await speaking.Server.CreateUserAsync();
        var samples = Signals.Bytes(Signals.Sine(22_050, 1.5, 440));
        byte[] wav = [.. WavEncoder.Header(22_050, samples.Length), .. samples];
        speaking.Upstream.Answer = context =>
        {
            context.Response.ContentType = "audio/x-wav";
            return context.Response.Body.WriteAsync(wav).AsTask();
        };

        using var answer = await user.Http.PostAsync("/v1/audio/speech", GatewayRequests.Json($$"""{"model":"crow","voice":"alloy","input":"Good morning","response_format":"{{format}}"}"""), Ct);

        var sound = await SoundAsync(answer, format is "wav" ? "audio/x-wav" : mimeType);
        var path = media.NewPath(format == "pcm" ? "wav" : format);
        await File.WriteAllBytesAsync(path, format == "pcm" ? [.. WavEncoder.Header(24_000, sound.Length), .. sound] : sound, Ct);
        Assert.Equal(begins, Convert.ToHexString(sound)[..begins.Length]);
        Assert.InRange((await media.DecodeAsync(path, 24_000, strict: false)).Length / 24_000.0, 1.45, 1.6);
    }

    [Fact]
    public async Task Sound_that_is_none_costs_nothing()
    {
        await using var speaking = await SpeakingServer.StartAsync();
        var user = await speaking.Server.CreateUserAsync();
        speaking.Upstream.Answer = context =>
        {
            context.Response.ContentType = "audio/wav";
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("RIFF....WAVEnothing of the kind follows here")).AsTask();
        };

        using var answer = await user.Http.PostAsync("/v1/audio/speech", GatewayRequests.Json("""{"model":"crow","voice":"alloy","input":"Good morning"}"""), Ct);

        await GatewayBed.ErrorAsync(answer, 502, "upstream_invalid_response");
        Assert.False(answer.Headers.Contains("X-AIMake-Credits"));
        var credits = await (await user.Http.GetAsync("/api/credits", Ct)).DataAsync();
        Assert.Equal((0m, 0m), (credits.GetProperty("heldCredits").GetDecimal(), credits.GetProperty("usedCredits").GetDecimal()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \\n\\u3000")]
    public async Task Blanks_are_neither_sent_nor_charged(string blanks)
    {
        await using var speaking = await SpeakingServer.StartAsync();
        var user = await speaking.Server.CreateUserAsync();

        using var answer = await user.Http.PostAsync("/v1/audio/speech", GatewayRequests.Json($$"""{"model":"crow","voice":"alloy","input":"{{blanks}}"}"""), Ct);

        Assert.Equal("input", (await GatewayBed.ErrorAsync(answer, 400, "text_empty")).GetProperty("param").GetString());
        Assert.Empty(speaking.Upstream.Seen);
    }

    private static async Task<HttpResponseMessage> SpeakAsync(TestUser user, string format, string extra = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = GatewayRequests.Json($$"""{"model":"espeak-ng","voice":"en-us","input":"Good morning, everybody.","response_format":"{{format}}"{{extra}}}"""),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await user.Http.SendAsync(request, Ct);
    }

    private static async Task<byte[]> SoundAsync(HttpResponseMessage answer, string mimeType)
    {
        var sound = await answer.Content.ReadAsByteArrayAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(sound));
        Assert.Equal(mimeType, answer.Content.Headers.ContentType!.MediaType);
        return sound;
    }

    private static (int Rate, int Data) Riff(byte[] wav) => (BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)), wav.Length - WavEncoder.HeaderLength);
}
