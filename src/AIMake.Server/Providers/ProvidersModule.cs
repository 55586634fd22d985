using AIMake.Catalog;
using AIMake.Catalog.Changes;
using AIMake.Providers.Declarative;
using AIMake.Providers.ElevenLabs;
using AIMake.Providers.Kie;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;
using AIMake.Providers.Runway;
using AIMake.Providers.Setup;
using AIMake.Providers.Synthesia;
using AIMake.Providers.Tencent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Providers;

/// <summary>Registers the vendors we can speak to, the providers this installation is configured for, and the router before them.</summary>
internal static class ProvidersModule
{
    public static void AddProviders(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton<ProvidersMetrics>();
        builder.AddDeclarativeProviders();
        services.AddSingleton<IVendor, OpenAiVendor>();
        services.AddSingleton<IVendor, ElevenLabsVendor>();
        services.AddSingleton<IVendor, TencentVendor>();
        services.AddSingleton<IVendor, SynthesiaVendor>();
        services.AddSingleton<IVendor, RunwayVendor>();
        services.AddSingleton<IVendor, KieVendor>();

        var configured = builder.ReadProviders();
        services.AddSingleton<IProviderSource>(s => new ConfiguredProviders(configured, s.GetServices<IVendor>()));
        services.AddSingleton<IProviderSource, DeclaredProviders>();
        services.AddSingleton<ICatalogSource, OfferedByKeys>();
        services.AddSingleton<IProviderHealth, PoolHealth>();
        services.AddRouter();
        services.TryAddSingleton<SpeechProviders>();
    }

    /// <summary>Adds a provider that is part of this installation, measured and logged, to those found by injection and by <see cref="SpeechProviders"/>.</summary>
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

    private static void AddRouter(this IServiceCollection services)
    {
        services.TryAddSingleton<IOwnKeys, NoOwnKeys>();
        services.AddSingleton<IKnownProviders, KnownProviders>();
        services.TryAddSingleton<IKeyEventSink, KeyEventLog>();
        services.AddSingleton(s => new RouteOrder(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CallBook>();
        services.AddSingleton(s => new ProviderRegistry(
            s.GetServices<IProviderSource>(), s.GetServices<IKeySource>(), s.GetRequiredService<IKeyEventSink>(), s.GetRequiredService<TimeProvider>(),
            overrides: s.GetService<ICatalogOverrides>()));
        services.AddSingleton<IProviderRouter>(s => new ProviderRouter(
            s.GetRequiredService<ProviderRegistry>(), s.GetRequiredService<RouteOrder>(), s.GetRequiredService<IOwnKeys>(), s.GetRequiredService<CallBook>(),
            s.GetRequiredService<ProvidersMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetServices<ISpeechProvider>()));
    }
}
