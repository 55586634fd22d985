using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>The whole server with a remote voice: what the user pays against what the vendor's book says was spoken.</summary>
public sealed class OpenAiThroughTheServerTests(OpenAiThroughTheServerTests.Stage stage) : IClassFixture<OpenAiThroughTheServerTests.Stage>
{
    private const string Text = "Good morning, everybody. This is the second sentence. And here is the third.";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sentences_are_spoken_once_each_and_an_edit_pays_for_what_changed()
    {
        await stage.ResetAsync();
        var user = await stage.Server.CreateUserAsync();
        var made = await GenerateAsync(user, Text);
        Assert.Equal(["Good morning, everybody.", "This is the second sentence.", "And here is the third."], (await SpokenAsync()).Order(Comparer<string>.Create(ByPlace)));

        await stage.ResetAsync();
        using var edited = await user.Http.PostAsJsonAsync($"/api/audios/{made.GetProperty("id").GetString()}/edit", new { text = Text.Replace("second", "other", StringComparison.Ordinal) }, Ct);
        var edit = await edited.DataAsync();

        Assert.Equal(["This is the other sentence."], await SpokenAsync());
        Assert.InRange(Credits(edit), 0.000001m, Credits(made) / 2);
    }

    [Fact]
    public async Task A_vendor_who_stumbles_costs_the_user_nothing_extra()
    {
        await stage.ResetAsync();
        var user = await stage.Server.CreateUserAsync();
        var smooth = Credits(await GenerateAsync(user, Text));
        await stage.Simulator.FaultsAsync(new { failStatus = 503, failTimes = 1 });

        var stumbling = Credits(await GenerateAsync(user, Text.ToUpperInvariant()));

        Assert.Equal(smooth, stumbling);
        Assert.Contains(await stage.Simulator.BookAsync(), call => call.Status == 503);
    }

    [Theory]
    [InlineData("""{"failStatus":401}""", 502, "UPSTREAM_ERROR")]
    [InlineData("""{"failStatus":400}""", 422, "UPSTREAM_REJECTED")]
    [InlineData("""{"failStatus":429,"failCode":"insufficient_quota"}""", 503, "PROVIDER_BUSY")]
    [InlineData("""{"malformed":"redirect"}""", 502, "UPSTREAM_REDIRECT")]
    public async Task A_vendor_who_refuses_is_named_and_nothing_is_charged(string faults, int status, string code)
    {
        await stage.ResetAsync();
        var user = await stage.Server.CreateUserAsync();
        await stage.Simulator.FaultsAsync(JsonElement.Parse(faults));

        using var answer = await PostAsync(user, Text);

        var error = await answer.FaultAsync(status, code);
        Assert.Contains("openai", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        using var credits = await user.Http.GetAsync("/api/credits", Ct);
        Assert.Equal(0, (await credits.DataAsync()).GetProperty("usedCredits").GetDecimal());
    }

    private static int ByPlace(string? a, string? b) =>
        Text.IndexOf(a!, StringComparison.Ordinal).CompareTo(Text.IndexOf(b!, StringComparison.Ordinal));

    private static decimal Credits(JsonElement made) => made.GetProperty("credits").ValueKind == JsonValueKind.String
        ? decimal.Parse(made.GetProperty("credits").GetString()!, CultureInfo.InvariantCulture)
        : made.GetProperty("credits").GetDecimal();

    private async Task<IEnumerable<string>> SpokenAsync() =>
        (await stage.Simulator.BookAsync()).Where(call => call.Status == 200).Select(call => JsonElement.Parse(call.Body!).GetProperty("input").GetString()!);

    private async Task<JsonElement> GenerateAsync(TestUser user, string text)
    {
        using var answer = await PostAsync(user, text);
        return await answer.DataAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(TestUser user, string text) =>
        await user.Http.PostAsJsonAsync("/api/tts/generate", new { text, voiceId = await stage.VoiceAsync(), format = "wav" }, Ct);

    /// <summary>A server whose OpenAI is the simulator.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private string? _voice;

        public SimulatorHost Simulator { get; } = new();

        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Simulator.InitializeAsync();
            Server = await TestServer.StartAsync(
            [
                "--Providers:OpenAi:ApiKey", "sk-server", "--Providers:OpenAi:BaseUrl", Simulator.BaseUrl, "--Outbound:AllowedHosts", Simulator.Host,
                "--Providers:OpenAi:Resilience:RetryDelay", "00:00:00.010",
            ]);
        }

        /// <summary>A good day: no faults, an empty book, and no key still paying for the last test.</summary>
        public async Task ResetAsync()
        {
            await Simulator.ResetAsync();
            var pool = Server.Services.GetRequiredService<ProviderRegistry>().Pools["openai"];
            foreach (var key in pool.View().Keys) pool.Readmit(key.Setup.Id, null);
        }

        public async Task<string> VoiceAsync() => _voice ??= (await (await Server.Anonymous.GetAsync("/api/voices?provider=openai&limit=1")).DataAsync())
            .GetProperty("items")[0].GetProperty("id").GetString()!;

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Simulator.DisposeAsync();
        }
    }
}
