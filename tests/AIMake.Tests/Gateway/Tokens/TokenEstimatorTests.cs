using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AIMake.Gateway.Tokens;

namespace AIMake.Tests.Gateway.Tokens;

/// <summary>
/// The estimate beside a tokenizer's own count (<c>tests/clients/token-counts.mjs</c> writes it down, a client test proves it). What
/// the estimate is short of is given away, what it is over is taken from the user.
/// </summary>
public sealed class TokenEstimatorTests
{
    private static readonly Sample[] Samples = Read();

    public static TheoryData<string> Kinds => [.. Samples.Select(s => s.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_of_text_is_guessed_within_fifteen_percent(string kind)
    {
        var sample = Samples.Single(s => s.Kind == kind);
        Assert.InRange(Of(sample.Text), sample.Tokens * 0.85, sample.Tokens * 1.15);
    }

    [Fact]
    public void All_together_are_guessed_within_three_percent()
    {
        Assert.True(Samples.Length >= 20);
        Assert.InRange(Samples.Sum(s => Of(s.Text)), Samples.Sum(s => s.Tokens) * 0.97, Samples.Sum(s => s.Tokens) * 1.03);
    }

    /// <summary>Streams bring words in pieces.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_text_in_pieces_has_as_many_as_the_whole(string kind)
    {
        var text = Samples.Single(s => s.Kind == kind).Text;
        TokenEstimator pieces = default;
        foreach (var rune in text.EnumerateRunes())
        {
            pieces.Add(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        Assert.Equal(Of(text), pieces.Tokens);
    }

    [Theory]
    [InlineData("𠀀𠀁𠀂𠀃𠀄", 10)]
    [InlineData("㐀㐁㐂㐃㐄", 10)]
    [InlineData("ꀀꀁꀂꀃꀄ", 5)]
    public void Letters_that_no_vocabulary_has_are_not_cheap(string text, long least) => Assert.True(Of(text) >= least, $"{Of(text)}");

    [Fact]
    public void Nothing_and_broken_bytes_are_counted_without_complaint()
    {
        Assert.Equal(0, default(TokenEstimator).Tokens);
        TokenEstimator broken = default;
        broken.Add([0xFF, 0xC3, 0x28, 0xE2, 0x82]);
        Assert.InRange(broken.Tokens, 1, 10);
    }

    private static long Of(string text)
    {
        TokenEstimator tokens = default;
        tokens.Add(Encoding.UTF8.GetBytes(text));
        return tokens.Tokens;
    }

    private static Sample[] Read([CallerFilePath] string here = "") => JsonSerializer.Deserialize<Sample[]>(
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "samples.json")), JsonSerializerOptions.Web)!;

    private sealed record Sample(string Kind, string Text, long Tokens);
}
