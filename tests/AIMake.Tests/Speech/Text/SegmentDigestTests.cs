using AIMake.Speech.Text;

namespace AIMake.Tests.Speech.Text;

public sealed class SegmentDigestTests
{
    private static SegmentDigest Of(string text = "Hi.", string voice = "espeak:en", string model = "m", double speed = 1, string settings = "1") =>
        SegmentDigest.Of(text, voice, model, speed, settings);

    [Fact]
    public void Equal_parts_give_equal_digests_of_64_hexadecimal_digits()
    {
        Assert.Equal(Of(), Of());
        Assert.Matches("^[0-9a-f]{64}$", Of().Hex);
        Assert.Equal(32, Of().ToBytes().Length);
    }

    [Fact]
    public void Every_part_counts() =>
        Assert.Equal(6, new[] { Of(), Of(text: "Ho."), Of(voice: "openai:en"), Of(model: "n"), Of(speed: 1.25), Of(settings: "2") }.Distinct().Count());

    [Fact]
    public void Parts_cannot_be_shifted_into_each_other() =>
        Assert.NotEqual(Of(voice: "ab", model: "c"), Of(voice: "a", model: "bc"));

    [Fact]
    public void The_address_is_stable_across_releases() =>
        Assert.Equal("f94772c8f53c162e", Of().Hex[..16]);
}
