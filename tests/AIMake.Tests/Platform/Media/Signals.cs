using System.Runtime.InteropServices;

namespace AIMake.Tests.Platform.Media;

/// <summary>Sounds whose properties are known.</summary>
internal static class Signals
{
    public static short[] Sine(int rate, double seconds, double frequency, double amplitude = 0.5)
    {
        var samples = new short[(int)(rate * seconds)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)Math.Round(amplitude * short.MaxValue * Math.Sin(2 * Math.PI * frequency * i / rate));
        return samples;
    }

    /// <summary>A tone that rises and fades in and out: it matches itself at one offset only.</summary>
    public static short[] Chirp(int rate, double seconds, double from, double to)
    {
        var samples = new short[(int)(rate * seconds)];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / rate;
            var envelope = Math.Sin(Math.PI * i / samples.Length);
            samples[i] = (short)(12000 * envelope * Math.Sin(2 * Math.PI * (from * t + (to - from) * t * t / (2 * seconds))));
        }
        return samples;
    }

    public static byte[] Bytes(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples).ToArray();

    public static double Rms(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (var sample in samples) sum += (double)sample * sample;
        return samples.IsEmpty ? 0 : Math.Sqrt(sum / samples.Length);
    }

    public static int Peak(ReadOnlySpan<short> samples)
    {
        var peak = 0;
        foreach (var sample in samples) peak = Math.Max(peak, Math.Abs((int)sample));
        return peak;
    }

    /// <summary>Normalised correlation of two stretches of the same length: 1 is the same wave.</summary>
    public static double Correlation(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        return ab / Math.Sqrt(Math.Max(aa * bb, 1));
    }
}
