using AIMake.Speech.Text;

namespace AIMake.Tests.Speech.Text;

public sealed class PauseMarkupTests
{
    [Theory]
    [InlineData("[pause 1s]", 1000)]
    [InlineData("[pause 500ms]", 500)]
    [InlineData("[PAUSE 1.5 s]", 1500)]
    [InlineData("[ Pause  2 S ]", 2000)]
    [InlineData("[pause 0s]", 0)]
    [InlineData("[pause 11s]", 10_000)]
    [InlineData("[pause 99999999999999999999s]", 10_000)]
    [InlineData("[pause 20000ms]", 10_000)]
    public void A_pause_is_read_and_capped(string markup, int milliseconds)
    {
        Assert.True(PauseMarkup.TryRead(markup + " and on", out var pause, out var length));
        Assert.Equal(milliseconds, pause.TotalMilliseconds);
        Assert.Equal(markup.Length, length);
    }

    [Theory]
    [InlineData("[pause]")]
    [InlineData("[pause s]")]
    [InlineData("[pause -1s]")]
    [InlineData("[pause +1s]")]
    [InlineData("[pause 1]")]
    [InlineData("[pause 1h]")]
    [InlineData("[pause .5s]")]
    [InlineData("[pause 5.s]")]
    [InlineData("[pause 1,5s]")]
    [InlineData("[pause 1e3s]")]
    [InlineData("[pause 1s")]
    [InlineData("[pause1s]")]
    [InlineData("[pause １s]")]
    [InlineData("[stop 1s]")]
    [InlineData("[")]
    [InlineData("[pause 00000000000000000000000000000000000001s]")]
    public void What_only_looks_like_a_pause_is_ordinary_text(string markup) =>
        Assert.False(PauseMarkup.TryRead(markup, out _, out _));

    [Fact]
    public void A_malformed_pause_is_spoken_and_billed_as_typed()
    {
        var segment = Assert.Single(SpeechSegmenter.Split("Wait [pause 1] here.", 600, out _).Segments);

        Assert.Equal("Wait [pause 1] here.", segment.Text);
        Assert.Equal(20, segment.Characters);
    }

    [Fact]
    public void A_pause_ends_the_sentence_it_stands_in_and_costs_nothing()
    {
        var script = SpeechSegmenter.Split("[pause 2s]Hello [pause 1s] world. [pause 250ms] End", 600, out _);

        Assert.Equal(TimeSpan.FromSeconds(2), script.LeadIn);
        Assert.Equal(["Hello", "world.", "End"], script.Segments.Select(segment => segment.Text));
        Assert.Equal([1000, 250, 0], script.Segments.Select(segment => segment.PauseAfter.TotalMilliseconds));
        Assert.Equal(5 + 6 + 3, script.Characters);
    }

    [Fact]
    public void Pauses_in_a_row_add_up_to_ten_seconds_at_most()
    {
        var script = SpeechSegmenter.Split("a [pause 4s] 🎉 [pause 4s][pause 4s] b", 600, out _);

        Assert.Equal([10, 0], script.Segments.Select(segment => segment.PauseAfter.TotalSeconds));
    }

    [Fact]
    public void Silence_is_free_and_therefore_bounded()
    {
        var script = SpeechSegmenter.Split(string.Concat(Enumerable.Repeat("a[pause 10s]", 5_000)), 600, out _);

        Assert.Equal(5_000, script.Segments.Count);
        Assert.Equal(PauseMarkup.LongestInAll, TimeSpan.FromTicks(script.Segments.Sum(segment => segment.PauseAfter.Ticks)));
    }
}
