using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers;

/// <summary>The whole server with the voices of ElevenLabs and Tencent Cloud, set up as an operator would, by their settings alone.</summary>
public sealed class VoicesThroughTheServerTests(VoicesThroughTheServerTests.Stage stage) : IClassFixture<VoicesThroughTheServerTests.Stage>
{
    private const string ElevenLabsKey = "sk-server";
    private const string TencentId = "AKIDserver";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("eleven_multilingual_v2:JBFqnCBsd6RMkjVDRZzb", ElevenLabsKey, 15)]
    [InlineData("eleven_flash_v2_5:EXAVITQu4vr4xnSDxMaL", ElevenLabsKey, 8)]
    [InlineData("tencent-tts:501001", TencentId, 6)]
    public async Task A_text_is_spoken_by_the_vendor_and_charged_at_the_catalogs_price(string voice, string key, int creditsPerThousand)
    {
        var text = $"你好，{voice.Length}。";
        var user = await stage.Server.CreateUserAsync();

        var made = await GenerateAsync(user, voice, text);

        var call = Assert.Single(await BookAsync(key, voice), call => call.Body!.Contains(text, StringComparison.Ordinal));
        Assert.Equal(("completed", 200), (call.End, call.Status));
        Assert.Equal(call.Characters * creditsPerThousand / 1000m, Credits(made));
        using var download = await user.Http.GetAsync($"/api/audios/{made.GetProperty("id").GetString()}/download", Ct);
        Assert.Equal("RIFF"u8.ToArray(), (await download.Content.ReadAsByteArrayAsync(Ct))[..4]);
    }

    [Fact]
    public async Task A_sentence_beyond_one_call_of_Tencents_is_one_piece_of_sound()
    {
        var text = string.Concat(Enumerable.Repeat("很久以前，", 60));
        var user = await stage.Server.CreateUserAsync();

        var made = await GenerateAsync(user, "tencent-tts:501002", text);

        var calls = await BookAsync(TencentId, "tencent-tts:501002");
        Assert.Equal(300, calls.Sum(call => call.Characters));
        Assert.Equal(300 * 6 / 1000m, Credits(made));
    }

    [Theory]
    [InlineData("quota_exceeded", 503, "PROVIDER_BUSY")]
    [InlineData("paid_plan_required", 422, "UPSTREAM_REJECTED")]
    public async Task A_refusal_is_named_and_nothing_is_charged(string failCode, int status, string code)
    {
        await using var own = new Stage();
        await own.InitializeAsync();
        var user = await own.Server.CreateUserAsync();
        await own.Simulator.FaultsAsync(new { failStatus = 400, failCode });

        using var answer = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Hello.", voiceId = "eleven_v3:JBFqnCBsd6RMkjVDRZzb", format = "wav" }, Ct);

        await answer.FaultAsync(status, code);
        using var credits = await user.Http.GetAsync("/api/credits", Ct);
        Assert.Equal(0, (await credits.DataAsync()).GetProperty("usedCredits").GetDecimal());
        Assert.Single(await own.Simulator.BookAsync(ElevenLabsKey));
    }

    private static decimal Credits(JsonElement made) => made.GetProperty("credits").ValueKind == JsonValueKind.String
        ? decimal.Parse(made.GetProperty("credits").GetString()!, CultureInfo.InvariantCulture)
        : made.GetProperty("credits").GetDecimal();

    /// <summary>What the vendor was asked to say with one voice.</summary>
    private async Task<IReadOnlyList<SimulatedCall>> BookAsync(string key, string voice) =>
        [.. (await stage.Simulator.BookAsync(key)).Where(call => call.Voice == voice.Split(':')[1])];

    private async Task<JsonElement> GenerateAsync(TestUser user, string voice, string text)
    {
        using var answer = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text, voiceId = voice, format = "wav" }, Ct);
        return await answer.DataAsync();
    }

    /// <summary>A server whose vendors are the simulator.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        public SimulatorHost Simulator { get; } = new();

        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Simulator.InitializeAsync();
            Server = await TestServer.StartAsync(
            [
                "--Providers:ElevenLabs:ApiKey", ElevenLabsKey, "--Providers:ElevenLabs:BaseUrl", $"http://{Simulator.Host}/elevenlabs",
                "--Providers:Tencent:SecretId", TencentId, "--Providers:Tencent:SecretKey", new string([.. TencentId.Reverse()]),
                "--Providers:Tencent:BaseUrl", $"http://{Simulator.Host}", "--Outbound:AllowedHosts", Simulator.Host,
            ]);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Simulator.DisposeAsync();
        }
    }
}
