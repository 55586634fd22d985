using AIMake.Speech.Audio;
using AIMake.Tests.Platform.Media;

namespace AIMake.Tests.Speech.Audio;

public sealed class PcmTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 15, 16, 17, 33, 1000, 1103];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Peak_energy_and_scale_agree_with_the_plain_way_at_any_length(int length)
    {
        var samples = new short[length];
        new Random(length).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()));

        Assert.Equal(samples.Select(s => Math.Abs((int)s)).DefaultIfEmpty().Max(), Pcm.Peak(samples));
        var energy = samples.Sum(s => (double)s * s);
        Assert.InRange(Pcm.Energy(samples), energy * 0.99999, energy * 1.00001);

        var scaled = samples.ToArray();
        Pcm.Scale(scaled, 1.5);
        Assert.Equal(samples.Select(s => (short)Math.Clamp((s * 6144) >> 12, short.MinValue, short.MaxValue)), scaled);
    }

    [Theory]
    [InlineData(short.MinValue, 32768)]
    [InlineData(short.MaxValue, 32767)]
    public void The_extremes_are_seen(short sample, int peak)
    {
        Assert.Equal(peak, Pcm.Peak([0, sample, 0]));
        Assert.Equal(peak, Pcm.Peak([.. new short[40], sample]));
        Assert.Equal(peak, Pcm.Peak([sample, .. new short[40]]));
    }

    [Fact]
    public void Too_much_gain_clips_and_never_wraps()
    {
        short[] samples = [.. Enumerable.Repeat(short.MinValue, 20), .. Enumerable.Repeat(short.MaxValue, 20)];
        Pcm.Scale(samples, 100);
        Assert.All(samples[..20], s => Assert.Equal(short.MinValue, s));
        Assert.All(samples[20..], s => Assert.Equal(short.MaxValue, s));
    }

    [Fact]
    public void Gain_one_changes_nothing()
    {
        var samples = Signals.Sine(22050, 0.1, 440);
        var same = samples.ToArray();
        Pcm.Scale(same, 1);
        Assert.Equal(samples, same);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Faded_edges_start_and_end_at_zero(int length)
    {
        var samples = Enumerable.Repeat((short)10000, length).ToArray();
        Pcm.FadeEdges(samples, 88);
        if (length < 2) return;
        Assert.Equal(0, samples[0]);
        Assert.Equal(0, samples[^1]);
        if (length > 200) Assert.All(samples[88..^88], s => Assert.Equal(10000, s));
    }
}
