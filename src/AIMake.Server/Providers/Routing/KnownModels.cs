using AIMake.Catalog;

namespace AIMake.Providers.Routing;

/// <summary>The models this installation has heard of, on offer just now or not, for whoever keeps lists of them.</summary>
internal sealed class KnownModels(LiveCatalog catalog)
{
    public bool Has(string id) => catalog.Current.Listed.Any(m => m.Id == id);
}
