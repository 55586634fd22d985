using System.Collections.Frozen;
using AIMake.Catalog.Changes;

namespace AIMake.Providers.Routing;

/// <summary>
/// The pools of all providers by name. Before each use it looks whether a source has something new (a comparison of
/// references); pools of providers that stay keep what they know.
/// </summary>
internal sealed class ProviderRegistry
{
    private readonly IProviderSource[] _providers;
    private readonly IKeySource[] _keys;
    private readonly ICatalogOverrides? _overrides;
    private readonly TimeProvider _time;
    private readonly IKeyEventSink _events;
    private readonly Func<double> _random;
    private readonly Lock _building = new();
    private volatile Snapshot _current = new([], CatalogOverrides.None, FrozenDictionary<string, KeyPool>.Empty);

    /// <param name="random">Source of chance, 0 to 1; the shared one when left out.</param>
    /// <param name="overrides">Which providers are switched off; none when left out.</param>
    public ProviderRegistry(
        IEnumerable<IProviderSource> providers, IEnumerable<IKeySource> keys, IKeyEventSink events, TimeProvider time, Func<double>? random = null,
        ICatalogOverrides? overrides = null)
    {
        (_providers, _keys, _time, _events, _overrides) = ([.. providers], [.. keys], time, events, overrides);
        _random = random ?? Random.Shared.NextDouble;
    }

    /// <summary>Every provider that is known here, with or without a key, by name.</summary>
    public IReadOnlyDictionary<string, KeyPool> Pools => Fresh();

    public KeyPool? Find(string provider) => Fresh().GetValueOrDefault(provider);

    private FrozenDictionary<string, KeyPool> Fresh()
    {
        var current = _current;
        return IsFresh(current) ? current.Pools : Rebuild();
    }

    private bool IsFresh(Snapshot snapshot)
    {
        if (snapshot.Seen.Length != _providers.Length + _keys.Length || !ReferenceEquals(snapshot.Decided, Decided)) return false;
        for (var i = 0; i < _providers.Length; i++)
            if (!ReferenceEquals(snapshot.Seen[i], _providers[i].Current)) return false;
        for (var i = 0; i < _keys.Length; i++)
            if (!ReferenceEquals(snapshot.Seen[_providers.Length + i], _keys[i].Current)) return false;
        return true;
    }

    private FrozenDictionary<string, KeyPool> Rebuild()
    {
        lock (_building)
        {
            if (IsFresh(_current)) return _current.Pools;
            var decided = Decided;
            var providers = Array.ConvertAll(_providers, source => source.Current);
            var keys = Array.ConvertAll(_keys, source => source.Current);
            var pools = providers.SelectMany(list => list).DistinctBy(setup => setup.Name)
                .ToFrozenDictionary(setup => setup.Name, setup => Renew(setup with { Off = decided.ProvidersOff.Contains(setup.Name) }, [.. keys.SelectMany(of => of.GetValueOrDefault(setup.Name, []))]), StringComparer.Ordinal);
            _current = new([.. providers, .. keys], decided, pools);
            return pools;
        }
    }

    private KeyPool Renew(ProviderSetup setup, IReadOnlyList<KeySetup> more)
    {
        if (!_current.Pools.TryGetValue(setup.Name, out var known)) return new KeyPool(setup, more, _time, _random, _events);
        known.Update(setup, more);
        return known;
    }

    private CatalogOverrides Decided => _overrides?.Current ?? CatalogOverrides.None;

    private sealed record Snapshot(object[] Seen, CatalogOverrides Decided, FrozenDictionary<string, KeyPool> Pools);
}
