using System.Runtime.InteropServices;
using AIMake.Platform.Media;
using AIMake.Speech.Audio;
using AIMake.Tests.Platform.Media;

namespace AIMake.Tests.Speech.Audio;

public sealed class SpeechJoinerTests
{
    private const int Rate = 20_000;
    private static readonly TimeSpan None = TimeSpan.Zero;
    private readonly MemoryStream _file = new();
    private readonly JoinSettings _settings = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_at_the_edges_is_cut_and_pauses_are_exact()
    {
        var joiner = Joiner();
        byte[] padded = [.. new byte[Rate], .. Tone(1.0), .. new byte[Rate * 3]];

        var first = await joiner.AddAsync(padded, paragraphEnd: false, None, Ct);
        var second = await joiner.AddAsync(Tone(0.5), paragraphEnd: true, None, Ct);
        var third = await joiner.AddAsync(Tone(0.5), paragraphEnd: false, None, Ct);
        var encoded = await joiner.CompleteAsync(Ct);

        Assert.Equal(0, first!.Value.Start);
        // 1 s of tone and the margins of 15 and 40 ms, to the 5 ms window.
        Assert.InRange(first.Value.End, Rate * 1.05 - 100, Rate * 1.055 + 100);
        Assert.Equal((long)(0.22 * Rate), second!.Value.Start - first.Value.End);
        Assert.Equal((long)(0.55 * Rate), third!.Value.Start - second.Value.End);
        Assert.Equal(third.Value.End, encoded.Samples);
        Assert.Equal(joiner.Samples, encoded.Samples);

        var samples = Written();
        Assert.Equal(encoded.Samples, samples.Length);
        Assert.Equal(0, Pcm.Peak(samples.AsSpan((int)first.Value.End..(int)second.Value.Start)));
        Assert.True(Pcm.Peak(samples.AsSpan((int)second.Value.Start..(int)second.Value.End)) > 3000);
    }

    [Fact]
    public async Task An_asked_pause_replaces_a_shorter_usual_one_and_never_shortens_it()
    {
        var joiner = Joiner();
        joiner.Pause(TimeSpan.FromSeconds(1));
        var a = (await joiner.AddAsync(Tone(0.3), false, TimeSpan.FromSeconds(2), Ct))!.Value;
        var b = (await joiner.AddAsync(Tone(0.3), false, TimeSpan.FromMilliseconds(10), Ct))!.Value;
        var c = (await joiner.AddAsync(Tone(0.3), true, TimeSpan.FromSeconds(3), Ct))!.Value;
        var encoded = await joiner.CompleteAsync(Ct);

        Assert.Equal(Rate, a.Start);
        Assert.Equal(2 * Rate, b.Start - a.End);
        Assert.Equal((long)(0.22 * Rate), c.Start - b.End);
        Assert.Equal(3 * Rate, encoded.Samples - c.End);
    }

    [Fact]
    public async Task A_segment_without_sound_adds_nothing_but_keeps_its_pause()
    {
        var joiner = Joiner();
        var a = (await joiner.AddAsync(Tone(0.3), false, None, Ct))!.Value;
        Assert.Null(await joiner.AddAsync(new byte[Rate], true, TimeSpan.FromSeconds(1), Ct));
        Assert.Null(await joiner.AddAsync(ReadOnlyMemory<byte>.Empty, false, None, Ct));
        var b = (await joiner.AddAsync(Tone(0.3), false, None, Ct))!.Value;
        Assert.Equal(Rate, b.Start - a.End);
    }

    [Fact]
    public async Task Nothing_at_all_is_an_empty_file()
    {
        var joiner = Joiner();
        Assert.Null(await joiner.AddAsync(new byte[10], true, None, Ct));
        Assert.Equal(0, (await joiner.CompleteAsync(Ct)).Samples);
        Assert.Equal(new byte[200], joiner.Peaks(200));
    }

    [Fact]
    public async Task No_border_clicks()
    {
        // Cut in the middle of a wave, the worst case: full amplitude at the very edge.
        var joiner = Joiner();
        var cosine = Signals.Sine(Rate, 0.5, 50, 0.9)[100..^100];
        var span = (await joiner.AddAsync(Signals.Bytes(cosine), false, None, Ct))!.Value;
        await joiner.AddAsync(Signals.Bytes(cosine), false, None, Ct);
        await joiner.CompleteAsync(Ct);

        var samples = Written();
        Assert.Equal(0, samples[0]);
        Assert.Equal(0, samples[span.End - 1]);
        for (var i = 1; i < samples.Length; i++) Assert.InRange(samples[i] - samples[i - 1], -1000, 1000);
    }

    [Fact]
    public async Task Loud_and_quiet_voices_come_together_and_never_clip()
    {
        var joiner = Joiner();
        var loud = (await joiner.AddAsync(Tone(1, 0.28), false, None, Ct))!.Value;
        var quiet = (await joiner.AddAsync(Tone(1, 0.075), false, None, Ct))!.Value;
        var full = (await joiner.AddAsync(Tone(1, 1.0), false, None, Ct))!.Value;
        await joiner.CompleteAsync(Ct);

        var samples = Written();
        var levels = new[] { loud, quiet, full }.Select(s => Loudness.Measure(samples.AsSpan((int)s.Start..(int)s.End), Rate)!.Value).ToArray();
        Assert.InRange(levels[0] - levels[1], -0.5, 0.5);
        Assert.InRange(levels[2], -10, -9);
        Assert.True(Pcm.Peak(samples) <= Pcm.FromDecibels(-1) + 1);
    }

    [Fact]
    public async Task The_original_sound_is_not_touched()
    {
        var original = Tone(0.5);
        var copy = original.ToArray();
        var joiner = Joiner();
        await joiner.AddAsync(original, false, None, Ct);
        Assert.Equal(copy, original);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1000)]
    public async Task The_outline_shows_sound_and_pause_where_they_are(int bars)
    {
        var joiner = Joiner();
        await joiner.AddAsync(Tone(4, 0.14), false, TimeSpan.FromSeconds(4), Ct);
        await joiner.AddAsync(Tone(4, 0.14), false, None, Ct);
        await joiner.CompleteAsync(Ct);

        var outline = joiner.Peaks(bars);
        Assert.Equal(bars, outline.Length);
        // -20 dBFS of a sine is a peak of 0.141.
        Assert.All(outline[(bars / 20)..(bars * 6 / 20)], bar => Assert.InRange(bar, 34, 38));
        Assert.All(outline[(bars * 7 / 20)..(bars * 13 / 20)], bar => Assert.Equal(0, bar));
        Assert.All(outline[(bars * 14 / 20)..(bars * 19 / 20)], bar => Assert.InRange(bar, 34, 38));
    }

    private SpeechJoiner Joiner() => new(new WavEncoder(Rate, _file), Rate, _settings);

    private short[] Written() => MemoryMarshal.Cast<byte, short>(_file.ToArray().AsSpan(44)).ToArray();

    private static byte[] Tone(double seconds, double amplitude = 0.14) => Signals.Bytes(Signals.Sine(Rate, seconds, 441, amplitude));
}
