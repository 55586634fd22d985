using System.Text;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Generations;

namespace AIMake.Video;

/// <summary>What video costs: so much a second, or so much a piece.</summary>
internal static class VideoPricing
{
    // Speech at half the usual pace, so that a script's video is not longer than what was set aside for it. Digits and signs are said
    // as words, or are pauses.
    private const double SecondsPerLetter = 0.1;
    private const double SecondsPerGap = 0.3;
    private const double SecondsPerIdeograph = 0.45;
    private const double SecondsPerSign = 0.6;
    private const double Beginning = 5;

    /// <summary>The price for a resolution; the dearest where the vendor chooses it. Null: not sold.</summary>
    public static UnitPrice? Find(Model model, string? resolution) =>
        resolution is null
            ? PriceList.Dearest(model, "second") ?? PriceList.Dearest(model, "video")
            : PriceList.Find(model, "second", resolution) ?? PriceList.Find(model, "video", resolution);

    /// <summary>How long it takes to say a script, at the longest, in whole seconds.</summary>
    public static int LongestSpoken(string script)
    {
        var seconds = Beginning;
        foreach (var rune in script.EnumerateRunes())
        {
            seconds += rune switch
            {
                { Value: >= 0x2E80 and < 0xFB00 or >= 0x20000 } => SecondsPerIdeograph,
                _ when Rune.IsLetter(rune) => SecondsPerLetter,
                _ when Rune.IsWhiteSpace(rune) => SecondsPerGap,
                _ => SecondsPerSign,
            };
        }

        return (int)Math.Ceiling(seconds);
    }

    /// <summary>Units that a finished video comes to: never more than were ordered.</summary>
    /// <param name="seconds">Its length.</param>
    public static long Units(VideoWork work, decimal seconds) =>
        work.Price.Unit == "second" ? Math.Clamp((long)Math.Ceiling(seconds), 1, work.Units) : work.Units;

    /// <summary>The one line of a quote or a receipt. With a key of the user's own it says the price and costs nothing.</summary>
    public static PriceLine Line(VideoWork work, long units)
    {
        var price = work.Price;
        return new PriceLine(
            VideoWork.Kind, units, price.Per == 1 ? price.Unit : $"{price.Per} {price.Unit}s", price.Credits, price.Reference,
            work.OwnKey ? Micro.Zero : price.Of(units), Cached: false, work.OwnKey);
    }

    /// <summary>What we pay; null when it is not known.</summary>
    public static long? Cost(IReadOnlyList<UnitCost>? costs, decimal? seconds, string? resolution) =>
        (seconds is { } length ? PriceList.Cost(costs, "second", length, resolution) : null) ?? PriceList.Cost(costs, "video", 1, resolution);
}
