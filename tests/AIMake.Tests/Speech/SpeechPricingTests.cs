using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Speech;
using AIMake.Speech.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Speech;

public sealed class SpeechPricingTests
{
    [Theory]
    [InlineData(1000, "0.2", 1000, "0.2")]
    [InlineData(1, "0.2", 1000, "0.0002")]
    [InlineData(0, "0.2", 1000, "0")]
    [InlineData(3, "0.0001", 1000, "0.000001")] // 0.3 micro-credits: rounded up, so that nothing that costs something is free
    [InlineData(500_000, "6", 1000, "3000")]
    [InlineData(7, "1", 3, "2.333334")]
    public void A_segment_costs_its_characters_rounded_up_to_the_next_micro_credit(int characters, string credits, int per, string expected) =>
        Assert.Equal(expected, SpeechPricing.Of(characters, Price(credits, per)).ToString());

    [Fact]
    public void What_was_paid_before_and_what_stands_twice_costs_nothing()
    {
        var (a, b) = (Segment("Good morning.", 0), Segment("How are you?", 1));
        var quote = SpeechPricing.Quote([a, b, a], new HashSet<SegmentDigest> { b.Digest }, Price("0.2", 1000));

        Assert.Equal(Micro.FromCredits(0.0026m), quote.Credits);
        Assert.Equal([(13L, false, 0.0026m), (25L, true, 0m)], quote.Lines.Select(l => (l.Units, l.Cached, l.Credits.Credits)));
    }

    [Fact]
    public void Text_that_is_wholly_known_still_has_a_line()
    {
        var a = Segment("Good morning.", 0);
        var quote = SpeechPricing.Quote([a], new HashSet<SegmentDigest> { a.Digest }, Price("0.2", 1000));

        Assert.True(Assert.Single(quote.Lines).Cached);
        Assert.Equal((Micro.Zero, Micro.Zero), (quote.Credits, quote.Ceiling));
    }

    [Fact]
    public void Lines_always_sum_to_the_price_and_knowing_more_never_makes_it_dearer() => Prop.ForAll(
        Gen.Choose(0, 300).ListOf().ToArbitrary(), Gen.Choose(1, 5_000_000).ToArbitrary(), Gen.Choose(1, 5_000).ToArbitrary(),
        (lengths, micro, per) =>
        {
            var price = new UnitPrice("character", per, new Micro(micro), "test", new DateOnly(2026, 1, 1));
            PricedSegment[] segments = [.. lengths.Select((n, i) => Segment(new string((char)('a' + (i % 20)), n), i, price))];
            var paid = segments.Where((_, i) => i % 3 == 0).Select(s => s.Digest).ToHashSet();
            var (all, some) = (SpeechPricing.Quote(segments, new HashSet<SegmentDigest>(), price), SpeechPricing.Quote(segments, paid, price));
            return all.Lines.Sum(l => l.Credits.Value) == all.Credits.Value && some.Lines.Sum(l => l.Credits.Value) == some.Credits.Value
                && some.Credits <= all.Credits && all.Credits >= Micro.Zero && all.Ceiling == all.Credits
                && all.Lines.Sum(l => l.Units) == lengths.Sum();
        }).QuickCheckThrowOnFailure();

    private static UnitPrice Price(string credits, int per) =>
        new("character", per, Micro.FromCredits(decimal.Parse(credits, System.Globalization.CultureInfo.InvariantCulture)), "test", new DateOnly(2026, 1, 1));

    private static PricedSegment Segment(string text, int index, UnitPrice? price = null) => new(
        new SpeechSegment(index, text, 0, text.Length, text.Length, false, TimeSpan.Zero), SegmentDigest.Of(text, "v", "m", 1, "1"),
        SpeechPricing.Of(text.Length, price ?? Price("0.2", 1000)));
}
