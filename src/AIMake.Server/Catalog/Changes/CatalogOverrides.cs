using System.Collections.Frozen;

namespace AIMake.Catalog.Changes;

/// <summary>What administrators have decided, as it stands now. Immutable.</summary>
/// <param name="Models">By model: switched off or not, and prices in the place of the file's.</param>
/// <param name="ProvidersOff">Providers that are given no new work.</param>
internal sealed record CatalogOverrides(FrozenDictionary<string, ModelOverride> Models, FrozenSet<string> ProvidersOff)
{
    public static readonly CatalogOverrides None = new(FrozenDictionary<string, ModelOverride>.Empty, FrozenSet<string>.Empty);

    public bool IsOff(string model) => Models.TryGetValue(model, out var of) && of.Disabled;

    /// <summary>The model with the prices in force.</summary>
    public Model Apply(Model model) => Models.TryGetValue(model.Id, out var of) && of.Prices is { } prices ? model with { Prices = prices } : model;
}

/// <summary>What has been decided about a model.</summary>
/// <param name="Prices">Null: the file's.</param>
internal sealed record ModelOverride(bool Disabled, IReadOnlyList<UnitPrice>? Prices);

/// <summary>Where the decisions come from. Cheap: asked at every use of the catalog, and before every call to a provider.</summary>
internal interface ICatalogOverrides
{
    /// <summary>Another object whenever anything has changed.</summary>
    CatalogOverrides Current { get; }
}
