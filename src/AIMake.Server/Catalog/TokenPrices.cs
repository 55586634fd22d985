using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>What a model sold by tokens costs.</summary>
/// <param name="Cached">Price of prompt tokens the vendor had seen before; null: the same as others.</param>
internal sealed record TokenPrices(UnitPrice Input, UnitPrice? Output, UnitPrice? Cached)
{
    /// <summary>Prices of calls with longer prompts, the shortest of these first.</summary>
    public IReadOnlyList<(int Above, TokenPrices Prices)> Longer { get; private init; } = [];

    /// <summary>Null when the model is not sold by tokens.</summary>
    public static TokenPrices? Of(Model model)
    {
        var prices = model.Prices ?? [];
        return At(prices, 0) is { } usual
            ? usual with { Longer = [.. Steps(prices.Select(p => p.Above)).Select(above => (above, At(prices, above)!))] }
            : null;
    }

    /// <summary>Price of a quantity, each part rounded up to a whole micro-credit.</summary>
    /// <param name="input">Tokens of the prompt; its length decides which prices are in force, for the answer too.</param>
    /// <param name="cached">Of <paramref name="input"/>; more than that counts as all of it.</param>
    public Micro For(long input, long cached, long output)
    {
        if (Longer.LastOrDefault(step => input > step.Above).Prices is { } longer)
        {
            return longer.For(input, cached, output);
        }

        cached = Cached is null ? 0 : Math.Clamp(cached, 0, input);
        return Input.Of(input - cached) + (Cached?.Of(cached) ?? Micro.Zero) + (Output?.Of(output) ?? Micro.Zero);
    }

    /// <summary>What it costs us, in micro-USD; null when the costs are not known.</summary>
    public static long? Cost(IReadOnlyList<UnitCost>? costs, long input, long cached, long output)
    {
        UnitCost? Find(string unit) => costs?.Where(c => c.Unit == unit && !(input <= c.Above)).MaxBy(c => c.Above ?? 0);
        if (Find("input-token") is not { } fresh)
        {
            return null;
        }

        var seen = Find("cached-token");
        cached = seen is null ? 0 : Math.Clamp(cached, 0, input);
        return fresh.MicroUsd(input - cached) + (seen?.MicroUsd(cached) ?? 0) + (Find("output-token")?.MicroUsd(output) ?? 0);
    }

    /// <summary>Lengths of prompts beyond which other prices are in force.</summary>
    private static IEnumerable<int> Steps(IEnumerable<int?> lengths) => lengths.OfType<int>().Distinct().Order();

    /// <summary>The prices of prompts just longer than <paramref name="length"/>: a unit without one of its own there keeps that of shorter ones.</summary>
    private static TokenPrices? At(IReadOnlyList<UnitPrice> prices, int length)
    {
        UnitPrice? Find(string unit) => prices.Where(p => p.Unit == unit && (p.Above ?? 0) <= length).MaxBy(p => p.Above ?? 0);
        return Find("input-token") is { } input ? new(input, Find("output-token"), Find("cached-token")) : null;
    }
}
