using AIMake.Speech.Audio;
using AIMake.Tests.Platform.Media;

namespace AIMake.Tests.Speech.Audio;

public sealed class LoudnessTests
{
    private static readonly JoinSettings Settings = new();

    [Theory]
    [InlineData(1.0, -3.01)]
    [InlineData(0.5, -9.03)]
    [InlineData(0.1, -23.01)]
    public void A_sine_is_3_dB_below_its_peak(double amplitude, double expected) =>
        Assert.Equal(expected, Loudness.Measure(Signals.Sine(22050, 1, 440, amplitude), 22050)!.Value, 1);

    [Fact]
    public void Pauses_do_not_make_speech_quieter()
    {
        var sine = Signals.Sine(22050, 1, 440, 0.3);
        var spread = (short[])[.. sine, .. new short[22050 * 3], .. sine];
        Assert.Equal(Loudness.Measure(sine, 22050)!.Value, Loudness.Measure(spread, 22050)!.Value, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50_000)]
    public void Silence_has_no_loudness_and_no_gain(int length)
    {
        Assert.Null(Loudness.Measure(new short[length], 22050));
        Assert.Equal(1, Loudness.Gain(new short[length], 22050, Settings));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.12)]
    [InlineData(0.2)]
    [InlineData(0.28)]
    public void Sounds_within_reach_come_to_the_target(double amplitude)
    {
        var samples = Signals.Sine(22050, 1, 440, amplitude);
        var before = Loudness.Measure(samples, 22050)!.Value;
        Pcm.Scale(samples, Loudness.Gain(samples, 22050, Settings));
        var after = Loudness.Measure(samples, 22050)!.Value;
        Assert.Equal(before < -26 ? before + 6 : -20, after, 1);
    }

    [Fact]
    public void The_ceiling_wins_over_the_target()
    {
        // Quiet on the whole, with one sample near full scale: raising it would clip.
        var samples = Signals.Sine(22050, 1, 440, 0.08);
        samples[5000] = 32000;
        Pcm.Scale(samples, Loudness.Gain(samples, 22050, Settings));
        Assert.InRange(Pcm.Peak(samples), 28_500, (int)Pcm.FromDecibels(-1) + 1);
    }

    [Fact]
    public void A_shout_is_lowered_by_the_limit_at_most()
    {
        var samples = Signals.Sine(22050, 1, 440, 1.0);
        Assert.Equal(Math.Pow(10, -6 / 20.0), Loudness.Gain(samples, 22050, Settings), 2);
    }
}
