using AIMake.Platform.Scheduling;
using AIMake.Platform.Secrets;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>Keys that are added to pools while the server runs, and the memory of what happens to keys.</summary>
internal static class PoolsModule
{
    /// <summary>After <see cref="ProvidersModule.AddProviders"/>, whose stand-in for events it replaces.</summary>
    public static void AddPools(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<IKeySource>(s => s.GetRequiredService<StoredKeys>());
        services.AddSingleton<ISealedTable>(s => s.GetRequiredService<StoredKeys>());
        services.AddSingleton<KeyEventBook>();
        services.AddSingleton<IKeyEventSink>(s => s.GetRequiredService<KeyEventBook>());
        services.AddHostedService(s => s.GetRequiredService<KeyEventBook>());
        services.AddSingleton<StoredKeysWatch>();
        services.AddHostedService(s => s.GetRequiredService<StoredKeysWatch>());
        services.AddSingleton<KeyRetest>();
        services.AddHostedService(s => s.GetRequiredService<KeyRetest>());
        services.AddSingleton<PoolService>();
        services.AddSingleton<IRecurringJob, PoolPurge>();
    }
}
