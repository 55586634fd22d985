using AIMake.Platform.Processes;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Providers.Espeak;

/// <summary>The voice that is always there.</summary>
internal static class EspeakModule
{
    public static void AddEspeak(this IServiceCollection services)
    {
        services.AddOptions<EspeakOptions>().BindConfiguration(EspeakOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChildProcesses>();
        services.AddSingleton<EspeakPool>();
        services.AddSingleton<EspeakProvider>();
        services.AddSingleton<ISpeechProvider>(s => s.GetRequiredService<EspeakProvider>());
        services.AddHostedService<EspeakWarmUp>();
    }
}
