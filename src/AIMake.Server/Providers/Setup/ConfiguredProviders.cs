using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>A provider as the settings describe it, checked.</summary>
internal sealed record ConfiguredProvider(string Name, VendorKind Kind, ProviderOptions Options, IReadOnlyDictionary<string, string> Settings);

/// <summary>
/// The providers of the settings, and beside them every vendor we can speak to, so that a key of theirs can be added while the
/// server runs. They never change.
/// </summary>
internal sealed class ConfiguredProviders(IEnumerable<ConfiguredProvider> configured, IEnumerable<IVendor> vendors) : IProviderSource
{
    public IReadOnlyList<ProviderSetup> Current { get; } = [.. Known(configured).SelectMany(provider => Of(provider, vendors))];

    private static IEnumerable<ConfiguredProvider> Known(IEnumerable<ConfiguredProvider> configured) =>
        configured.Concat(VendorKind.All.Values.Select(kind => new ConfiguredProvider(kind.Type, kind, new(), System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty)))
            .DistinctBy(provider => provider.Name);

    private static IEnumerable<ProviderSetup> Of(ConfiguredProvider provider, IEnumerable<IVendor> vendors)
    {
        var (name, kind, options, settings) = provider;
        if (vendors.FirstOrDefault(vendor => vendor.Type == kind.Type) is not { } vendor) yield break;
        yield return new ProviderSetup(name, vendor, new Uri((options.BaseUrl ?? kind.BaseUrl).TrimEnd('/')))
        {
            NeedsKey = options.BaseUrl is null or "" || kind.IsPair || options.BaseUrl.TrimEnd('/') == kind.BaseUrl,
            Settings = settings,
            MaxConcurrency = options.MaxConcurrency ?? kind.MaxConcurrency,
            Resilience = options.Resilience,
            Keys = [.. options.Pairs().Select((pair, i) => new KeySetup(KeyIds.Of(name, pair.SecretId, pair.Secret), pair.Secret)
            {
                Name = $"settings {i + 1}", SecretId = pair.SecretId, Weight = options.Weight,
            })],
        };
    }
}
