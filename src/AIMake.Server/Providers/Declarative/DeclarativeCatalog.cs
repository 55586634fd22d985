using AIMake.Catalog;

namespace AIMake.Providers.Declarative;

/// <summary>
/// Brings the models and voices of described providers. They are on offer once the provider is: when its key stands in the
/// environment or it wants none, as told here, or when the pool has a key for it.
/// </summary>
internal sealed class DeclarativeCatalog(IDeclarativeProviders providers) : ICatalogSource
{
    private Offer _offer = new([], new CatalogAddition(new CatalogFile([], []), new HashSet<string>()));

    public CatalogAddition Current
    {
        get
        {
            var (current, offer) = (providers.Current, Volatile.Read(ref _offer));
            if (ReferenceEquals(current, offer.Of)) return offer.Addition;
            var fresh = new Offer(current, Of(current));
            return ReferenceEquals(Interlocked.CompareExchange(ref _offer, fresh, offer), offer) ? fresh.Addition : Volatile.Read(ref _offer).Addition;
        }
    }

    private static CatalogAddition Of(IReadOnlyList<DeclaredProvider> providers)
    {
        var files = providers.Select(provider => provider.Description).ToList();
        return new CatalogAddition(
            new CatalogFile([.. files.SelectMany(file => file.Models)], [.. files.SelectMany(file => file.Voices)]),
            providers.Where(provider => provider.Ready).Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal));
    }

    private sealed record Offer(IReadOnlyList<DeclaredProvider> Of, CatalogAddition Addition);
}
