using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using AIMake.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AIMake.Tests.Providers;

/// <summary>From settings to providers.</summary>
public sealed class ProvidersModuleTests
{
    private const string Allowed = "http://127.0.0.1:8880/v1";

    [Fact]
    public void Without_settings_there_is_no_remote_provider() => Assert.DoesNotContain("openai", Names());

    [Fact]
    public void A_key_is_enough_for_OpenAI() => Assert.Contains("openai", Names(("OpenAi:ApiKey", "sk-1")));

    [Fact]
    public void Another_address_is_enough_too_for_some_servers_want_no_key() => Assert.Contains("openai", Names(("OpenAi:BaseUrl", "https://speech.example.com/v1")));

    [Fact]
    public void Servers_of_ones_own_have_names_of_their_own()
    {
        var names = Names(("OpenAi:ApiKey", "sk-1"), ("Kokoro:Type", "openai"), ("Kokoro:BaseUrl", Allowed), ("Kokoro:Format", "wav"), ("Kokoro:Models", "kokoro,other"));

        Assert.Contains("openai", names);
        Assert.Contains("kokoro", names);
    }

    [Fact]
    public void A_limit_of_characters_reaches_the_outside() =>
        Assert.Equal(300, Build(("OpenAi:ApiKey", "sk-1"), ("OpenAi:MaximumCharacters", "300")).Services.GetRequiredService<SpeechProviders>().Find("openai")!.MaximumCharacters);

    [Fact]
    public void Vendors_of_other_shapes_are_left_to_their_own_modules() =>
        Assert.Empty(Faults(("ElevenLabs:ApiKey", "x"), ("Tencent:SecretId", "x"), ("Kie:ApiKeys", "x"), ("Llm:ApiKey", "x")));

    [Fact]
    public void Every_fault_is_told_at_once_without_repeating_secrets()
    {
        var faults = Faults(
            ("OpenAi:ApiKey", "sk-canary\nX-Injected: 1"), ("OpenAi:Format", "mp3"), ("OpenAi:Sped", "2"),
            ("Mine:BaseUrl", "https://canary.example.com"),
            ("Yours:Type", "azure"), ("Yours:BaseUrl", "canary"), ("Yours:Resilience:MaxConcurrency", "0"),
            ("Theirs:Type", "openai"), ("Theirs:MaximumCharacters", "many"));

        Assert.Equal(
            [
                "OPENAI_API_KEY: has characters that cannot be sent in a header; copy it again without line breaks.",
                "Providers:Mine:Type: is missing. Write openai, the only type of speech server so far.",
                "Providers:OpenAi:Format: must be pcm or wav.",
                "Providers:OpenAi:Sped: is not a setting. Providers:OpenAi has Type, BaseUrl, ApiKey, Organization, Project, Models, Voices, Format, SampleRate, MaximumCharacters, Resilience.",
                "Providers:Theirs:MaximumCharacters: is not a number in range.",
                "Providers:Yours:BaseUrl: must be an http or https address such as https://api.openai.com/v1, without ? or #.",
                "Providers:Yours:Resilience:MaxConcurrency: must be from 1 to 1000.",
                "Providers:Yours:Type: must be openai, the only type of speech server so far.",
            ],
            faults);
        Assert.DoesNotContain("canary", string.Join('\n', faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://speech.example.com/v1")]
    [InlineData("http://127.0.0.1:8881/v1")]
    [InlineData("https://10.0.0.1/v1")]
    [InlineData("https://user:canary@speech.example.com/v1")]
    public void An_address_that_would_be_refused_at_the_first_call_is_refused_at_start(string url) => Assert.Equal(
        ["OPENAI_BASE_URL: may not be called from here. Use a public https address, or name its host and port in AIMAKE_ALLOWED_HOSTS."],
        Faults(("OpenAi:BaseUrl", url)));

    [Fact]
    public void Two_providers_of_one_name_stop_the_start()
    {
        var twice = new ScriptedSpeechProvider((_, _) => ScriptedSpeechProvider.Speak());

        Assert.Contains("scripted", Assert.Throws<InvalidOperationException>(() => new SpeechProviders([twice, twice])).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(params (string Key, string Value)[] settings)
    {
        var host = Build(settings);
        Assert.Empty(host.Faults);
        return host.Services.GetRequiredService<SpeechProviders>().Names;
    }

    private static IReadOnlyList<string> Faults(params (string Key, string Value)[] settings) => Build(settings).Faults;

    private static (IServiceProvider Services, IReadOnlyList<string> Faults) Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Providers:{setting.Key}", setting.Value)));
        builder.Configuration["Outbound:AllowedHosts"] = new Uri(Allowed).Authority;
        builder.Services.AddMetrics().AddLogging();
        builder.AddOutbound();
        builder.AddProviders();
        return (builder.Services.BuildServiceProvider(), builder.SettingsRegistry().Faults);
    }
}
