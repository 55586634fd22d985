using AIMake.Catalog;

namespace AIMake.Providers.Declarative;

/// <summary>Offers the models and voices of described providers for which there is a key, or which want none.</summary>
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
        var ready = providers.Where(provider => provider.Ready).Select(provider => provider.Description).ToList();
        return new CatalogAddition(
            new CatalogFile([.. ready.SelectMany(file => file.Models)], [.. ready.SelectMany(file => file.Voices.Select(voice => voice))]),
            ready.Select(file => file.Name).ToHashSet(StringComparer.Ordinal));
    }

    private sealed record Offer(IReadOnlyList<DeclaredProvider> Of, CatalogAddition Addition);
}
