using AIMake.Catalog;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>Tells the catalog which providers have a key, so that a model appears with the first and goes with the last.</summary>
internal sealed class OfferedByKeys(ProviderRegistry registry) : ICatalogSource
{
    private volatile Seen _seen = new(null, new CatalogAddition(new CatalogFile([], []), new HashSet<string>()));

    public CatalogAddition Current
    {
        get
        {
            var (pools, seen) = (registry.Pools, _seen);
            if (ReferenceEquals(seen.Pools, pools)) return seen.Addition;
            var names = pools.Values.Where(pool => pool.IsOffered).Select(pool => pool.Name).ToHashSet(StringComparer.Ordinal);
            var addition = names.SetEquals(seen.Addition.Providers) ? seen.Addition : new CatalogAddition(new CatalogFile([], []), names);
            _seen = new Seen(pools, addition);
            return addition;
        }
    }

    private sealed record Seen(IReadOnlyDictionary<string, KeyPool>? Pools, CatalogAddition Addition);
}
