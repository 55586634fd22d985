using AIMake.Speech.Captions;

namespace AIMake.Tests.Speech.Captions;

public sealed class CaptionTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_short_sentence_is_one_caption_for_its_whole_time()
    {
        var caption = Assert.Single(CaptionCues.Of("Good morning.", Start, Start + TimeSpan.FromSeconds(1)));
        Assert.Equal(new Caption(Start, Start + TimeSpan.FromSeconds(1), "Good morning."), caption);
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog while the morning light falls softly across a quiet valley, and people walk home with bread under their arms, talking about the weather.")]
    [InlineData("今天天气很好,我们去公园散步吧。公园里有很多花,红的、黄的、蓝的,孩子们在草地上跑来跑去,老人坐在长椅上聊天,一切都显得那么安静而美好。")]
    [InlineData("Mixed 中文 and English 混合 text に日本語 も少し with numbers 12,345.67 and a URL https://example.com/a/very/long/path?with=query&more=stuff that goes on.")]
    [InlineData("DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftDonaudampfschifffahrtselektrizitätenhauptbetriebswerk")]
    public void A_long_sentence_becomes_readable_captions_that_follow_each_other(string text)
    {
        var end = Start + TimeSpan.FromSeconds(12);
        var captions = CaptionCues.Of(text, Start, end).ToList();

        Assert.True(captions.Count > 1);
        Assert.Equal(Start, captions[0].Start);
        Assert.Equal(end, captions[^1].End);
        for (var i = 1; i < captions.Count; i++) Assert.Equal(captions[i - 1].End, captions[i].Start);
        Assert.All(captions, c =>
        {
            Assert.True(c.End > c.Start);
            var lines = c.Text.Split('\n');
            Assert.InRange(lines.Length, 1, 3);
            Assert.All(lines, line => Assert.InRange(line.Length, 1, 60));
        });
        Assert.Equal(Squeeze(text), Squeeze(string.Concat(captions.Select(c => c.Text))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void Nothing_said_is_nothing_shown(string text) => Assert.Empty(CaptionCues.Of(text, Start, Start));

    [Fact]
    public void A_family_emoji_is_not_torn_apart()
    {
        var text = string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦", 40));
        Assert.All(CaptionCues.Of(text, Start, Start * 2), c => Assert.All(c.Text.Split('\n'), line => Assert.StartsWith("👨", line, StringComparison.Ordinal)));
    }

    [Fact]
    public void Srt_is_written_as_players_expect() => Assert.Equal(
        "1\n00:00:00,000 --> 00:00:01,500\nHello\nworld\n\n2\n01:02:03,004 --> 123:00:00,000\n你好\n\n",
        CaptionFiles.ToSrt([new(TimeSpan.Zero, TimeSpan.FromSeconds(1.5), "Hello\nworld"), new(new(0, 1, 2, 3, 4), TimeSpan.FromHours(123), "你好")]));

    [Fact]
    public void Vtt_is_written_as_players_expect() => Assert.Equal(
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nFish &amp; chips &lt;b&gt;\n\n",
        CaptionFiles.ToVtt([new(TimeSpan.Zero, TimeSpan.FromSeconds(1.5), "Fish & chips <b>")]));

    [Theory]
    [InlineData("a\n\nb", "a\nb")]
    [InlineData("a\r\n\u2028\0b", "a\nb")]
    [InlineData("00:00 --> 00:01", "00:00 → 00:01")]
    public void Text_cannot_break_out_of_its_block(string hostile, string written)
    {
        Assert.Equal($"1\n00:00:00,000 --> 00:00:01,000\n{written}\n\n", CaptionFiles.ToSrt([new(TimeSpan.Zero, TimeSpan.FromSeconds(1), hostile)]));
        Assert.Equal($"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{written}\n\n", CaptionFiles.ToVtt([new(TimeSpan.Zero, TimeSpan.FromSeconds(1), hostile)]));
    }

    [Fact]
    public void No_captions_is_still_a_file()
    {
        Assert.Equal("", CaptionFiles.ToSrt([]));
        Assert.Equal("WEBVTT\n\n", CaptionFiles.ToVtt([]));
    }

    private static string Squeeze(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
