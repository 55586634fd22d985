using AIMake.Providers.Declarative;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>The providers that files describe, as the router takes them.</summary>
internal sealed class DeclaredProviders(IDeclarativeProviders declared, IEnumerable<IVendor> vendors) : IProviderSource
{
    private readonly IVendor _vendor = vendors.Single(vendor => vendor.Type == DeclarativeVendor.Dialect);
    private volatile Seen _seen = new([], []);

    public IReadOnlyList<ProviderSetup> Current
    {
        get
        {
            var (now, seen) = (declared.Current, _seen);
            if (!ReferenceEquals(seen.From, now)) _seen = seen = new Seen(now, [.. now.Select(Of)]);
            return seen.Setups;
        }
    }

    private ProviderSetup Of(DeclaredProvider provider) => new(provider.Name, _vendor, provider.Endpoint.BaseUrl)
    {
        NeedsKey = provider.NeedsKey,
        Settings = provider.Endpoint.Settings,
        MaxConcurrency = provider.Description.Concurrency,
        Keys = provider.Endpoint.Secret.Length == 0 ? [] :
        [
            new KeySetup(KeyIds.Of(provider.Name, provider.Endpoint.SecretId, provider.Endpoint.Secret), provider.Endpoint.Secret)
            {
                Name = "environment", SecretId = provider.Endpoint.SecretId,
            },
        ],
    };

    private sealed record Seen(IReadOnlyList<DeclaredProvider> From, IReadOnlyList<ProviderSetup> Setups);
}
