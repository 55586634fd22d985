using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Generations.Queue;
using AIMake.Generations.Start;
using AIMake.Platform.Settings;

namespace AIMake.Generations;

/// <summary>The life of paid work: started with its money, claimed under a lease, run, and ended exactly once.</summary>
internal static class GenerationsModule
{
    public static void AddGenerations(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<GenerationsOptions>(GenerationsOptions.Section);
        builder.Services.AddSingleton<GenerationSignals>();
        builder.Services.AddHostedService(p => p.GetRequiredService<GenerationSignals>());
        builder.Services.AddSingleton<GenerationEnder>();
        builder.Services.AddSingleton<GenerationRunner>();
        builder.Services.AddSingleton<GenerationStarter>();
        builder.Services.AddSingleton<GenerationWorker>();
        builder.Services.AddHostedService(p => p.GetRequiredService<GenerationWorker>());
        builder.Services.AddSingleton<GenerationService>();
        builder.Services.AddSingleton<GenerationFeed>();
        builder.Services.AddSingleton<IQuoteSource, GenerationQuotes>();
        builder.Services.AddSingleton<IUserDataOwner, GenerationsUserData>();
        builder.Services.AddSingleton<Accounts.Export.IUserDataExport, GenerationsExport>();
        builder.Services.AddSingleton<IGenerations>(p => p.GetRequiredService<GenerationService>());
    }
}
