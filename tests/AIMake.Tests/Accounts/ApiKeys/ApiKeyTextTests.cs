using System.Text.RegularExpressions;
using AIMake.Accounts.ApiKeys;

namespace AIMake.Tests.Accounts.ApiKeys;

public sealed class ApiKeyTextTests
{
    [Fact]
    public void Keys_have_the_shape_that_scanners_are_told()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ApiKeyText.New()).ToList();

        Assert.All(keys, k => Assert.Matches(new Regex(@"\Aaimake_live_[0-9A-Za-z]{38}\z"), k));
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, k => Assert.True(ApiKeyText.TryParse(k, out _)));
    }

    [Fact]
    public void The_checksum_is_the_crc_that_everybody_computes()
    {
        var random = new string('0', 32);
        var (crc, digits) = (ZlibCrc(random), "");
        for (var i = 0; i < 6; i++, crc /= 62)
        {
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(crc % 62)] + digits;
        }

        Assert.True(ApiKeyText.TryParse($"aimake_live_{random}{digits}", out _));
    }

    [Fact]
    public void One_wrong_character_anywhere_is_found()
    {
        var key = ApiKeyText.New();
        for (var i = 0; i < key.Length; i++)
        {
            var other = key[i] == 'x' ? 'y' : 'x';
            Assert.False(ApiKeyText.TryParse($"{key[..i]}{other}{key[(i + 1)..]}", out _), $"position {i}");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("aimake_live_")]
    [InlineData("aimake_live_0000000000000000000000000000000000000é")]
    [InlineData("aimake_live_\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void What_is_no_key_is_none(string? text) => Assert.False(ApiKeyText.TryParse(text, out _));

    [Fact]
    public void The_digest_says_nothing_when_it_is_printed()
    {
        ApiKeyText.TryParse(ApiKeyText.New(), out var digest);

        Assert.Equal("ApiKeyDigest", digest.ToString());
        Assert.Equal(digest, ApiKeyDigest.Of(digest.ToBytes()));
    }

    /// <summary>Taken from a gzip trailer, where the framework puts it.</summary>
    private static uint ZlibCrc(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }

        return BitConverter.ToUInt32(output.ToArray().AsSpan()[^8..^4]);
    }
}
