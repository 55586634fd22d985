namespace AIMake.Speech.Audio;

/// <summary>How loud speech sounds: the mean of its loud parts, so that pauses do not count.</summary>
internal static class Loudness
{
    private const double BlockSeconds = 0.05;
    private const double AbsoluteGate = -60;
    private const double RelativeGate = -10;

    /// <summary>
    /// RMS of a sound in dBFS over blocks of 50 ms, in two passes as broadcasters do it: blocks below -60 dBFS are left out, then
    /// those 10 dB below the mean of the rest. Null when nothing is above the first gate.
    /// </summary>
    public static double? Measure(ReadOnlySpan<short> samples, int sampleRate)
    {
        var block = Math.Max(1, (int)(sampleRate * BlockSeconds));
        var count = Math.Max(1, samples.Length / block);
        var means = count <= 4096 ? stackalloc double[count] : new double[count];
        for (var i = 0; i < count; i++)
        {
            var part = i == count - 1 ? samples[(i * block)..] : samples.Slice(i * block, block);
            means[i] = part.IsEmpty ? 0 : Pcm.Energy(part) / part.Length;
        }
        if (MeanAbove(means, Power(AbsoluteGate)) is not { } mean) return null;
        var gated = MeanAbove(means, mean * Math.Pow(10, RelativeGate / 10)) ?? mean;
        return 10 * Math.Log10(gated / (Pcm.FullScale * Pcm.FullScale));
    }

    /// <summary>What to multiply a sound by to bring it towards the settings' loudness, within their limits.</summary>
    public static double Gain(ReadOnlySpan<short> samples, int sampleRate, JoinSettings settings)
    {
        if (Measure(samples, sampleRate) is not { } loudness) return 1;
        var decibels = Math.Clamp(settings.Loudness - loudness, -settings.MostGain, settings.MostGain);
        var most = Pcm.FromDecibels(settings.Ceiling) / Math.Max(1, Pcm.Peak(samples));
        return Math.Min(Math.Pow(10, decibels / 20), most);
    }

    private static double? MeanAbove(ReadOnlySpan<double> powers, double gate)
    {
        var (sum, count) = (0.0, 0);
        foreach (var power in powers)
        {
            if (power < gate) continue;
            sum += power;
            count++;
        }
        return count == 0 ? null : sum / count;
    }

    private static double Power(double decibels) => Pcm.FullScale * Pcm.FullScale * Math.Pow(10, decibels / 10);
}
