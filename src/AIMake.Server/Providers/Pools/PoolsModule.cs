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
        services.AddSingleton(s =>
        {
            var registry = s.GetRequiredService<ProviderRegistry>();
            s.GetRequiredService<ProvidersMetrics>().WatchKeys(() => States(registry));
            return new StoredKeysWatch(s.GetRequiredService<StoredKeys>(), registry, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<StoredKeysWatch>>());
        });
        services.AddHostedService(s => s.GetRequiredService<StoredKeysWatch>());
        services.AddSingleton<KeyRetest>();
        services.AddHostedService(s => s.GetRequiredService<KeyRetest>());
        services.AddSingleton<PoolService>();
        services.AddSingleton<IRecurringJob, PoolPurge>();
    }

    private static IEnumerable<(string Provider, string State, int Keys)> States(ProviderRegistry registry) =>
        from pool in registry.Pools.Values
        from key in pool.View().Keys
        where !key.Setup.Disabled
        group key by (pool.Name, State: PoolWords.Of(key.State)) into same
        select (same.Key.Name, same.Key.State, same.Count());
}
