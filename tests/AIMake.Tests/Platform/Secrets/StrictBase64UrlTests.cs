using AIMake.Platform.Secrets;

namespace AIMake.Tests.Platform.Secrets;

public sealed class StrictBase64UrlTests
{
    [Theory]
    [InlineData("AQ", new byte[] { 1 })]
    [InlineData("_-8", new byte[] { 0xff, 0xef })]
    [InlineData("AAAA", new byte[] { 0, 0, 0 })]
    public void The_one_spelling_is_read(string text, byte[] bytes)
    {
        Assert.True(StrictBase64Url.TryDecode(text, out var decoded));
        Assert.Equal(bytes, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("AQ==")]
    [InlineData("AQ%%")]
    [InlineData("A Q")]
    [InlineData("AQ\n")]
    [InlineData(" AQ")]
    [InlineData("AR")] // the same byte as AQ with a stray bit
    [InlineData("/+8")]
    [InlineData("AQÀÀ")]
    public void Every_other_spelling_is_refused(string text) => Assert.False(StrictBase64Url.TryDecode(text, out _));
}
