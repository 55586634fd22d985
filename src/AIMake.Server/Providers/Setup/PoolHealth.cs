using AIMake.Catalog;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>The pools, as the catalog sees them. What has no pool is part of this installation, and up.</summary>
internal sealed class PoolHealth(ProviderRegistry registry) : IProviderHealth
{
    public bool IsUp(string provider) => registry.Find(provider)?.IsUp ?? true;
}
