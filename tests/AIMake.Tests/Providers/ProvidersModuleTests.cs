using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using AIMake.Providers;
using AIMake.Providers.Routing;
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
    public void The_flat_names_of_every_vendor_make_a_provider()
    {
        var router = Router(
            ("OpenAi:ApiKey", "sk-1"), ("ElevenLabs:ApiKey", "x"), ("Tencent:SecretId", "id"), ("Tencent:SecretKey", "x"), ("Synthesia:ApiKey", "x"), ("Llm:ApiKey", "x"));

        Assert.All(["openai", "elevenlabs", "tencent", "synthesia", "llm"], name => Assert.True(router.IsOffered(name), name));
        Assert.False(Router(("ElevenLabs:ApiKey", "")).IsOffered("elevenlabs"));
    }

    [Fact]
    public void Several_keys_make_a_pool_and_pairs_stay_together()
    {
        var pools = Build(("OpenAi:ApiKey", "sk-1, sk-2"), ("OpenAi:ApiKeys", "sk-3"), ("Tencent:SecretId", "a,b"), ("Tencent:SecretKey", "x,y"))
            .Services.GetRequiredService<ProviderRegistry>().Pools;

        Assert.Equal(["sk-1", "sk-2", "sk-3"], pools["openai"].View().Keys.Select(key => key.Setup.Secret));
        Assert.Equal(["a:x", "b:y"], pools["tencent"].View().Keys.Select(key => $"{key.Setup.SecretId}:{key.Setup.Secret}"));
        Assert.Equal(3, pools["openai"].View().Keys.DistinctBy(key => key.Setup.Id).Count());
    }

    [Fact]
    public void A_key_keeps_its_id_over_restarts_and_wherever_it_stands_in_the_list()
    {
        static Guid Id(string keys) => Build(("OpenAi:ApiKey", keys)).Services.GetRequiredService<ProviderRegistry>().Pools["openai"].View().Keys.Single(key => key.Setup.Secret == "sk-1").Setup.Id;

        Assert.Equal(Id("sk-1,sk-2"), Id("sk-3,sk-1"));
    }

    [Fact]
    public void Every_fault_is_told_at_once_without_repeating_secrets()
    {
        var faults = Faults(
            ("OpenAi:ApiKey", "sk-canary\nX-Injected: 1"), ("OpenAi:Format", "mp3"), ("OpenAi:Sped", "2"),
            ("Mine:BaseUrl", "https://canary.example.com"),
            ("Yours:Type", "azure"), ("Yours:BaseUrl", "canary"),
            ("Theirs:Type", "openai"), ("Theirs:MaximumCharacters", "many"), ("Theirs:MaxConcurrency", "0"), ("Theirs:Resilience:MaxRetries", "9"),
            ("Tencent:SecretId", "canary"), ("Tencent:Region", "canary\r\nX-Injected: 1"), ("Kie:ApiKeys", "canary,canary"), ("Runway:Weight", "much"));

        Assert.Equal(
            [
                "KIE_API_KEYS: has the same key twice; leave one out.",
                "OPENAI_API_KEY: has characters that cannot be sent in a header; copy it again without line breaks.",
                "Providers:Mine:Type: is missing. Write one of openai, elevenlabs, tencent, synthesia, runway, kie.",
                "Providers:OpenAi:Format: must be pcm or wav.",
                "Providers:OpenAi:Sped: is not a setting. Providers:OpenAi has Type, BaseUrl, ApiKey, ApiKeys, SecretId, SecretKey, Weight, MaxConcurrency, Resilience, Organization, Project, Models, Voices, Format, SampleRate, MaximumCharacters, Profile, ApiVersion.",
                "Providers:Runway:Weight: is not a number in range.",
                "Providers:Tencent:Region: has characters that cannot be sent in a header; copy it again without line breaks.",
                "Providers:Theirs:BaseUrl: is missing. Write the address of the server.",
                "Providers:Theirs:MaxConcurrency: must be from 1 to 10000.",
                "Providers:Theirs:MaximumCharacters: must be a number from 20 to 100000.",
                "Providers:Theirs:Resilience:MaxRetries: must be from 0 to 5.",
                "Providers:Yours:Type: is not known. Write one of openai, elevenlabs, tencent, synthesia, runway, kie.",
                "TENCENT_SECRET_KEY: is missing. A key of this vendor has two halves; give both.",
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

    private static IProviderRouter Router(params (string Key, string Value)[] settings) => Build(settings).Services.GetRequiredService<IProviderRouter>();

    private static IReadOnlyList<string> Faults(params (string Key, string Value)[] settings) => Build(settings).Faults;

    private static (IServiceProvider Services, IReadOnlyList<string> Faults) Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Providers:{setting.Key}", setting.Value)));
        builder.Configuration["Outbound:AllowedHosts"] = new Uri(Allowed).Authority;
        builder.Services.AddMetrics().AddLogging();
        builder.Services.AddSingleton(new DataFolder(new ServerOptions { Data = Path.Combine(Path.GetTempPath(), $"aimake-{Guid.NewGuid():N}") }));
        builder.AddOutbound();
        builder.AddProviders();
        return (builder.Services.BuildServiceProvider(), builder.SettingsRegistry().Faults);
    }
}
