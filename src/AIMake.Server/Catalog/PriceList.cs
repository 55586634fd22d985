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

    /// <summary>The dearest price of a unit, for work whose size or quality the vendor chooses.</summary>
    public static UnitPrice? Dearest(Model model, string unit, string? size = null, string? quality = null) =>
        (model.Prices ?? [])
            .Where(p => p.Unit == unit && (size is null || Fits(p.Size, size)) && (quality is null || Fits(p.Quality, quality)))
            .MaxBy(p => p.Of(1_000_000).Value);

    /// <summary>What units cost us; null when it is not known.</summary>
    public static long? Cost(IReadOnlyList<UnitCost>? costs, string unit, decimal units, string? size = null, string? quality = null) =>
        (costs ?? [])
            .Where(c => c.Unit == unit && Fits(c.Size, size) && Fits(c.Quality, quality))
            .MaxBy(c => (c.Size is null ? 0 : 2) + (c.Quality is null ? 0 : 1))?.MicroUsd(units);

    private static bool Fits(string? priced, string? wanted) => priced is null || priced == wanted;
}
