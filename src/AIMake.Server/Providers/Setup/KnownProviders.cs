using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>The registry, as those see it who keep keys for its providers.</summary>
internal sealed class KnownProviders(ProviderRegistry registry) : IKnownProviders
{
    public IReadOnlyList<string> Names => [.. registry.Pools.Keys.Order(StringComparer.Ordinal)];

    public KnownProvider? Find(string name) => registry.Find(name)?.Setup is { } setup
        ? new KnownProvider(setup.Name, setup.Vendor, setup.BaseUrl, setup.Settings, VendorKind.All.GetValueOrDefault(setup.Vendor.Type)?.IsPair ?? false)
        : null;
}
