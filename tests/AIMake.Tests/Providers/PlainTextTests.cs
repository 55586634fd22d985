using AIMake.Providers;

namespace AIMake.Tests.Providers;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a < b and b > a", "a < b and b > a")]
    [InlineData("1<2", "1<2")]
    [InlineData("<3 you", "<3 you")]
    [InlineData("<speak>x</speak>", "‹speak>x‹/speak>")]
    [InlineData("<BREAK/>", "‹BREAK/>")]
    [InlineData("<!-- x --><?y?><![CDATA[z]]>", "‹!-- x -->‹?y?>‹![CDATA[z]]>")]
    [InlineData("<<speak>", "<‹speak>")]
    [InlineData("<日>", "‹日>")]
    [InlineData("&lt;speak&gt;", "&lt;speak&gt;")]
    public void What_could_begin_a_tag_no_longer_does(string text, string plain) => Assert.Equal(plain, PlainText.WithoutTags(text));

    [Fact]
    public void Directions_become_words() => Assert.Equal("(laughing) Ha (x)", PlainText.WithoutDirections("[laughing] Ha [x]"));
}
