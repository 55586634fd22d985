using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>What a model sold by tokens costs.</summary>
/// <param name="Cached">Price of prompt tokens the vendor had seen before; null: the same as others.</param>
internal sealed record TokenPrices(UnitPrice Input, UnitPrice? Output, UnitPrice? Cached)
{
    /// <summary>Null when the model is not sold by tokens.</summary>
    public static TokenPrices? Of(Model model)
    {
        UnitPrice? Find(string unit) => model.Prices?.FirstOrDefault(p => p.Unit == unit);
        return Find("input-token") is { } input ? new(input, Find("output-token"), Find("cached-token")) : null;
    }

    /// <summary>Price of a quantity, each part rounded up to a whole micro-credit.</summary>
    /// <param name="cached">Of <paramref name="input"/>; more than that counts as all of it.</param>
    public Micro For(long input, long cached, long output)
    {
        cached = Cached is null ? 0 : Math.Clamp(cached, 0, input);
        return Input.Of(input - cached) + (Cached?.Of(cached) ?? Micro.Zero) + (Output?.Of(output) ?? Micro.Zero);
    }

    /// <summary>What it costs us, in micro-USD; null when the costs are not known.</summary>
    public static long? Cost(IReadOnlyList<UnitCost>? costs, long input, long cached, long output)
    {
        UnitCost? Find(string unit) => costs?.FirstOrDefault(c => c.Unit == unit);
        if (Find("input-token") is not { } fresh)
        {
            return null;
        }

        var seen = Find("cached-token");
        cached = seen is null ? 0 : Math.Clamp(cached, 0, input);
        return fresh.MicroUsd(input - cached) + (seen?.MicroUsd(cached) ?? 0) + (Find("output-token")?.MicroUsd(output) ?? 0);
    }
}
