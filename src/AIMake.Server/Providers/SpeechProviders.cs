using System.Collections.Concurrent;
using System.Collections.Frozen;
using AIMake.Providers.Routing;

namespace AIMake.Providers;

/// <summary>
/// All speech providers of this installation by name: those that are part of it, and those reached through the router, which
/// come and go with their keys.
/// </summary>
internal sealed class SpeechProviders
{
    private readonly FrozenDictionary<string, ISpeechProvider> _local;
    private readonly ProviderRegistry? _registry;
    private readonly Func<KeyPool, Guid?, ISpeechProvider>? _pooled;
    private readonly ConcurrentDictionary<KeyPool, ISpeechProvider> _made = new();

    public SpeechProviders(IEnumerable<ISpeechProvider> local)
    {
        var all = local.ToList();
        if (all.GroupBy(provider => provider.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two speech providers are called '{twice.Key}'.");
        _local = all.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);
    }

    public SpeechProviders(IEnumerable<ISpeechProvider> local, ProviderRegistry registry, IProviderRouter router, ProvidersMetrics metrics)
        : this(local)
    {
        _registry = registry;
        _pooled = (pool, ownKeyOf) => new PooledSpeechProvider(pool, router, metrics, ownKeyOf);
    }

    /// <summary>Those that can be used now.</summary>
    public IReadOnlyList<string> Names =>
        [.. _local.Keys, .. _registry?.Pools.Values.Where(pool => pool.IsOffered && PooledSpeechProvider.CanSpeak(pool)).Select(pool => pool.Name) ?? []];

    /// <summary>Whether it is part of the installation and takes no keys.</summary>
    public bool IsLocal(string name) => _local.ContainsKey(name);

    /// <summary>The provider of that name, or null when this installation has none.</summary>
    /// <param name="ownKeyOf">The user whose own key it shall use; null for ours. Providers that are part of the installation take no keys.</param>
    public ISpeechProvider? Find(string name, Guid? ownKeyOf = null)
    {
        if (_local.TryGetValue(name, out var local)) return local;
        if (_registry?.Find(name) is not { } pool || !PooledSpeechProvider.CanSpeak(pool)) return null;
        return ownKeyOf is null ? _made.GetOrAdd(pool, pooled => _pooled!(pooled, null)) : _pooled!(pool, ownKeyOf);
    }
}
