using AIMake.Platform.Processes;
using AIMake.Platform.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Providers.Espeak;

/// <summary>The voice that is always there.</summary>
internal static class EspeakModule
{
    public static void AddEspeak(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<EspeakOptions>(EspeakOptions.Section);
        var services = builder.Services;
        services.TryAddSingleton<ChildProcesses>();
        services.AddSingleton<EspeakPool>();
        services.AddSingleton<EspeakProvider>();
        services.AddSpeechProvider(s => s.GetRequiredService<EspeakProvider>());
        services.AddHostedService<EspeakWarmUp>();
    }
}
