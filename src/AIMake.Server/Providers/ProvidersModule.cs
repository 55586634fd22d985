using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using AIMake.Providers.Declarative;
using AIMake.Providers.ElevenLabs;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Resilience;
using AIMake.Providers.Synthesia;
using AIMake.Providers.Tencent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Providers;

/// <summary>Registers the vendors this installation is configured for.</summary>
internal static class ProvidersModule
{
    private const string Section = "Providers";

    /// <summary>Vendors with a section of their own shape; they are other modules' business.</summary>
    private static readonly string[] OtherShapes = ["elevenlabs", "tencent", "runway", "synthesia", "kie", "llm"];

    public static void AddProviders(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<ProvidersMetrics>();
        builder.Services.TryAddSingleton<SpeechProviders>();
        builder.AddDeclarativeProviders();
        builder.Services.AddSingleton<IVendor, ElevenLabsVendor>();
        builder.Services.AddSingleton<IVendor, TencentVendor>();
        builder.Services.AddSingleton<IVendor, SynthesiaVendor>();
        foreach (var section in builder.Configuration.GetSection(Section).GetChildren()) builder.AddConfigured(section);
    }

    /// <summary>Adds a provider, measured and logged, to those found by injection and by <see cref="SpeechProviders"/>.</summary>
    public static void AddSpeechProvider(this IServiceCollection services, Func<IServiceProvider, ISpeechProvider> create)
    {
        services.TryAddSingleton<ProvidersMetrics>();
        services.AddSingleton<ISpeechProvider>(s =>
        {
            var time = s.GetRequiredService<TimeProvider>();
            var metered = new MeteredSpeechProvider(create(s), s.GetRequiredService<ProvidersMetrics>(), time);
            return new LoggedSpeechProvider(metered, s.GetRequiredService<ILoggerFactory>().CreateLogger("AIMake.Providers"), time);
        });
    }

    private static void AddConfigured(this IHostApplicationBuilder builder, IConfigurationSection section)
    {
        var name = section.Key.ToLowerInvariant();
        if (section["Type"] is null && name != "openai")
        {
            if (!OtherShapes.Contains(name)) builder.SettingsRegistry().Report($"{section.Path}:Type", "is missing. Write openai, the only type of speech server so far.");
            return;
        }
        if (!IsName(name))
        {
            builder.SettingsRegistry().Report(section.Path, "is not a name for a provider. Use 1 to 32 letters, digits and dashes.");
            return;
        }
        var options = builder.SettingsRegistry().Bind<OpenAiOptions>(section.Path);
        if (name == "openai" && options.ApiKey is null or "" && options.BaseUrl == OpenAiOptions.DefaultBaseUrl) return; // not in use
        if (Uri.IsWellFormedUriString(options.BaseUrl, UriKind.Absolute) && !builder.MayCall(options.BaseUrl))
            builder.SettingsRegistry().Report($"{section.Path}:BaseUrl", "may not be called from here. Use a public https address, or name its host and port in AIMAKE_ALLOWED_HOSTS.");
        builder.Services.AddSpeechProvider(s => new ResilientSpeechProvider(
            new OpenAiSpeechProvider(new ProviderEndpoint(name, new Uri(options.BaseUrl.TrimEnd('/')), options.ApiKey ?? ""), options, s.GetRequiredService<OutboundHttp>(), s.GetRequiredService<TimeProvider>()),
            options.Resilience, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ProvidersMetrics>()));
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
