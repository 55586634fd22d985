using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>Finds the price of one unit of a model by size and quality.</summary>
internal static class PriceList
{
    /// <summary>
    /// The most particular price that fits: size and quality, then either alone, then the general one. Null when none does: what
    /// has no price is not sold.
    /// </summary>
    public static UnitPrice? Find(Model model, string unit, string? size = null, string? quality = null) =>
        (model.Prices ?? [])
            .Where(p => p.Unit == unit && Fits(p.Size, size) && Fits(p.Quality, quality))
            .MaxBy(p => (p.Size is null ? 0 : 2) + (p.Quality is null ? 0 : 1));

    /// <summary>The dearest price of a unit, for work whose size or quality the vendor chooses; what is named is priced as named.</summary>
    public static UnitPrice? Dearest(Model model, string unit, string? size = null, string? quality = null)
    {
        // What the vendor may choose: whatever has a price of its own, or (null) something else.
        string?[] sizes = size is null ? [null, .. (model.Prices ?? []).Select(p => p.Size).OfType<string>().Distinct()] : [size];
        string?[] qualities = quality is null ? [null, .. (model.Prices ?? []).Select(p => p.Quality).OfType<string>().Distinct()] : [quality];
        return sizes.SelectMany(s => qualities.Select(q => Find(model, unit, s, q))).OfType<UnitPrice>().MaxBy(p => p.Of(1_000_000).Value);
    }

    /// <summary>What units cost us; null when it is not known.</summary>
    public static long? Cost(IReadOnlyList<UnitCost>? costs, string unit, decimal units, string? size = null, string? quality = null) =>
        (costs ?? [])
            .Where(c => c.Unit == unit && Fits(c.Size, size) && Fits(c.Quality, quality))
            .MaxBy(c => (c.Size is null ? 0 : 2) + (c.Quality is null ? 0 : 1))?.MicroUsd(units);

    private static bool Fits(string? priced, string? wanted) => priced is null || priced == wanted;
}
