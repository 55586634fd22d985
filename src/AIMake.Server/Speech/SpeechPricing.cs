using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Speech.Text;

namespace AIMake.Speech;

/// <summary>A segment with its address and what speaking it costs.</summary>
internal readonly record struct PricedSegment(SpeechSegment Segment, SegmentDigest Digest, Micro Price);

/// <summary>
/// What speech costs. A segment costs its characters at the catalog's price, rounded up to the next micro-credit, so that the
/// parts always sum to the whole and nothing that costs something is free. A segment that was paid before, or stands in the
/// text a second time, costs nothing.
/// </summary>
internal static class SpeechPricing
{
    public static Micro Of(int characters, UnitPrice price) =>
        new((long)Int128.Min(((Int128)characters * price.Credits.Value + price.Per - 1) / price.Per, long.MaxValue));

    /// <summary>The price of the same units where the user pays the provider: nothing.</summary>
    public static UnitPrice WithOwnKey(UnitPrice price) => price with { Credits = Micro.Zero, Source = "own key" };

    /// <param name="paid">Segments that cost nothing because the user paid for them before.</param>
    public static Quote Quote(IReadOnlyList<PricedSegment> segments, IReadOnlySet<SegmentDigest> paid, UnitPrice price)
    {
        var lines = Lines(segments, Charged(segments, paid), price);
        var total = lines.Aggregate(Micro.Zero, (sum, line) => sum + line.Credits);
        return new Quote(total, total, lines);
    }

    /// <summary>For each segment whether it is to be paid: the first of its kind, and not paid before.</summary>
    public static bool[] Charged(IReadOnlyList<PricedSegment> segments, IReadOnlySet<SegmentDigest> paid)
    {
        var seen = new HashSet<SegmentDigest>();
        var charged = new bool[segments.Count];
        for (var i = 0; i < charged.Length; i++)
        {
            charged[i] = seen.Add(segments[i].Digest) && !paid.Contains(segments[i].Digest);
        }

        return charged;
    }

    /// <summary>At most two lines: what is spoken now, and what is used again.</summary>
    /// <param name="charged">For each segment whether it is paid.</param>
    public static IReadOnlyList<PriceLine> Lines(IReadOnlyList<PricedSegment> segments, IReadOnlyList<bool> charged, UnitPrice price)
    {
        long spoken = 0, reused = 0;
        var credits = Micro.Zero;
        for (var i = 0; i < charged.Count; i++)
        {
            if (charged[i])
            {
                spoken += segments[i].Segment.Characters;
                credits += segments[i].Price;
            }
            else
            {
                reused += segments[i].Segment.Characters;
            }
        }

        var unit = $"{price.Per} characters";
        var own = price.Credits == Micro.Zero; // the catalog has no such price
        List<PriceLine> lines = [];
        if (spoken > 0 || reused == 0)
        {
            lines.Add(new PriceLine("speech", spoken, unit, price.Credits, price.Reference, credits, Cached: false, own));
        }

        if (reused > 0)
        {
            lines.Add(new PriceLine("speech", reused, unit, price.Credits, price.Reference, Micro.Zero, Cached: true));
        }

        return lines;
    }
}
