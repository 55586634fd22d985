using System.Text;
using AIMake.Speech.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Speech.Text;

/// <summary>What holds for every text; a failure prints the seed and the smallest text found.</summary>
public sealed class SpeechSegmenterProperties
{
    private static readonly string[] Bits =
    [
        "a", "Word", "he", "The", "字", "文。", "𠮷", "é", "e\u0301", "👨‍👩‍👧", "🎉", "1", "3.14", "v1.2.3", " ", "  ", "\n", "\r\n", "\n\n", "\t", ".", ". ",
        "...", "…", "!", "?", "！", "？", "。", "；", "; ", ": ", ", ", "，", "\"", "”", "“", "'", "(", ")", "）", "Mr. ", "e.g. ", "U.S. ",
        "etc. ", "http://x.y/z?a=b ", "a@b.co ", "[pause 1s]", "[pause 300ms]", "[pause", "]", "\u200B", "\uFEFF", "\u3000", "1. ", "supercalifragilistic",
    ];

    private static readonly Gen<string> Texts = Gen.Elements(Bits).ListOf().Select(string.Concat);

    private static readonly Gen<string> Sentences =
        Gen.Elements("Good morning.", "It rains, again.", "你好。", "Mr. Smith left.", "Really?", "We paid 3.50 at 5 p.m. sharp.", "他来了！", "Wow!");

    [Fact]
    public void Every_speakable_character_is_covered_once_and_in_order() => Check(Texts, text =>
    {
        foreach (var limit in new[] { 7, 600 })
        {
            var position = 0;
            var outside = new StringBuilder();
            foreach (var segment in SpeechSegmenter.Split(text, limit, out _).Segments)
            {
                Assert.InRange(segment.Start, position, segment.End - 1);
                outside.Append(text, position, segment.Start - position);
                Assert.Equal(SpokenText.From(text.AsSpan(segment.Start, segment.End - segment.Start), out var characters), segment.Text);
                Assert.Equal(segment.Text.EnumerateRunes().Count(), characters);
                Assert.Equal(characters, segment.Characters);
                position = segment.End;
            }
            outside.Append(text, position, text.Length - position);
            outside.Replace("[pause 1s]", "").Replace("[pause 300ms]", "");
            Assert.False(Letters.HasSpeakable(outside.ToString()), $"unspoken: {outside}");
        }
    });

    [Fact]
    public void No_segment_is_longer_than_the_limit_or_without_anything_to_say() => Check(Texts, text =>
    {
        foreach (var limit in new[] { 1, 2, 5, 16, 600 })
            Assert.All(SpeechSegmenter.Split(text, limit, out _).Segments, segment =>
            {
                Assert.InRange(segment.Characters, 1, limit);
                Assert.True(Letters.HasSpeakable(segment.Text));
                Assert.Equal(segment.Text.Trim(), segment.Text);
                Assert.False(char.IsLowSurrogate(segment.Text[0]) || char.IsHighSurrogate(segment.Text[^1]));
            });
    });

    [Fact]
    public void A_paragraph_is_cut_the_same_whatever_stands_around_it() => Check(Texts.Zip(Texts), pair =>
    {
        var (first, second) = pair;
        string[] apart = [.. Spoken(first), .. Spoken(second)];
        Assert.Equal(apart, Spoken(first + "\n\n" + second));

        static IEnumerable<string> Spoken(string text) => SpeechSegmenter.Split(text, 600, out _).Segments.Select(segment => segment.Text);
    });

    [Fact]
    public void Editing_one_sentence_changes_only_its_digest() =>
        Check(Sentences.NonEmptyListOf().Zip(Gen.Choose(0, 1000)), pair =>
        {
            var sentences = pair.Item1.ToArray();
            var edited = pair.Item2 % sentences.Length;
            var before = Digests(sentences);
            sentences[edited] = "Something else was said here.";
            var after = Digests(sentences);

            Assert.Equal(sentences.Length, before.Length);
            Assert.Equal(before.Length, after.Length);
            for (var i = 0; i < before.Length; i++) Assert.Equal(i != edited, before[i] == after[i]);
        });

    [Fact]
    public void The_work_is_linear_in_the_length_of_any_text() => Check(Texts, text =>
    {
        SpeechSegmenter.Split(text, 16, out var steps);
        Assert.InRange(steps, 0, 24L * text.Length + 64);
    });

    private static SegmentDigest[] Digests(string[] sentences) =>
        [.. SpeechSegmenter.Split(string.Join(' ', sentences), 600, out _).Segments
            .Select(segment => SegmentDigest.Of(segment.Text, "voice", "model", 1, "1"))];

    private static void Check<T>(Gen<T> values, Action<T> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(60), Prop.ForAll(values.ToArbitrary(), holds));
}
