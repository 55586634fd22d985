using AIMake.Providers.Tencent;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>Parts that one call takes, which together are the text.</summary>
public sealed class TencentTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("你好", 1)]
    public void A_short_text_is_one_part_and_none_is_none(string text, int parts) => Assert.Equal(parts, TencentText.Parts(text).Count());

    [Theory]
    [InlineData(500, 1)]
    [InlineData(501, 2)]
    public void Latin_letters_may_be_five_hundred(int letters, int parts) => Assert.Equal(parts, TencentText.Parts(new string('a', letters)).Count());

    [Theory]
    [InlineData(150, 1)]
    [InlineData(151, 2)]
    [InlineData(600, 4)]
    public void Chinese_ones_a_hundred_and_fifty(int letters, int parts) => Assert.Equal(parts, TencentText.Parts(new string('好', letters)).Count());

    [Fact]
    public void One_Chinese_letter_makes_the_stricter_limit_hold() => Assert.Equal(2, TencentText.Parts(new string('a', 150) + "好").Count());

    [Theory]
    [InlineData("。", "一", 100)]
    [InlineData("，", "一", 100)]
    [InlineData("！", "一", 149)]
    public void A_cut_comes_after_the_end_of_a_sentence_or_a_comma(string mark, string letter, int before)
    {
        var text = string.Concat(Enumerable.Repeat(letter, before)) + mark + string.Concat(Enumerable.Repeat(letter, 100));

        Assert.Equal(before + 1, TencentText.Parts(text).First().Length);
    }

    [Fact]
    public void A_full_stop_within_a_number_is_not_an_end()
    {
        var text = new string('a', 300) + " " + new string('b', 100) + "3.14159" + new string('c', 300);

        Assert.Equal(301, TencentText.Parts(text).First().Length);
    }

    [Fact]
    public void A_character_of_several_code_points_is_not_torn()
    {
        const string family = "👨‍👩‍👧‍👦";
        var text = string.Concat(Enumerable.Repeat(family, 60));

        Assert.All(TencentText.Parts(text), part => Assert.StartsWith("👨", part, StringComparison.Ordinal));
    }

    [Fact]
    public void Whatever_the_text_its_parts_are_it_and_fit()
    {
        var random = new Random(20261121);
        string[] bits = ["好", "a", " ", "。", ", ", ". ", "🎉", "e\u0301", "\uD83D", "\n", "，", "1.5", "𠮷"];
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 900)).Select(_ => bits[random.Next(bits.Length)]));

            var parts = TencentText.Parts(text).ToList();

            Assert.Equal(text, string.Concat(parts));
            Assert.All(parts, part => Assert.InRange(part.EnumerateRunes().Count(), 1, text.All(char.IsAscii) ? TencentText.LongestLatin : TencentText.Longest));
            Assert.DoesNotContain(parts, part => part.Length > 1 && char.IsLowSurrogate(part[0]));
        }
    }
}
