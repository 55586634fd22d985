using System.Numerics;
using System.Runtime.InteropServices;

namespace AIMake.Speech.Audio;

/// <summary>Arithmetic on 16-bit samples, as wide as the processor allows: a book is hundreds of millions of them.</summary>
internal static class Pcm
{
    private const int GainBits = 12;

    /// <summary>Full scale, 0 dBFS.</summary>
    public const double FullScale = 32768;

    public static ReadOnlySpan<short> Samples(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm);

    public static Span<short> Samples(Span<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm);

    public static double FromDecibels(double decibels) => FullScale * Math.Pow(10, decibels / 20);

    /// <summary>Largest absolute value, 0 to 32,768.</summary>
    public static int Peak(ReadOnlySpan<short> samples)
    {
        var (low, high) = (Vector<short>.Zero, Vector<short>.Zero);
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        foreach (var vector in vectors)
        {
            low = Vector.Min(low, vector);
            high = Vector.Max(high, vector);
        }
        int least = 0, most = 0;
        for (var i = 0; i < Vector<short>.Count; i++)
        {
            least = Math.Min(least, low[i]);
            most = Math.Max(most, high[i]);
        }
        foreach (var sample in samples[(vectors.Length * Vector<short>.Count)..])
        {
            least = Math.Min(least, sample);
            most = Math.Max(most, sample);
        }
        return Math.Max(-least, most);
    }

    /// <summary>Sum of the squares; exact enough for blocks of some thousand samples.</summary>
    public static double Energy(ReadOnlySpan<short> samples)
    {
        var sum = Vector<float>.Zero;
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        foreach (var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            var (a, b) = (Vector.ConvertToSingle(low), Vector.ConvertToSingle(high));
            sum += a * a + b * b;
        }
        double energy = Vector.Sum(sum);
        foreach (var sample in samples[(vectors.Length * Vector<short>.Count)..]) energy += (double)sample * sample;
        return energy;
    }

    /// <summary>Multiplies in place and clips at full scale. Gain 0 to 8, in steps of 1/4096.</summary>
    public static void Scale(Span<short> samples, double gain)
    {
        var factor = (int)Math.Round(Math.Clamp(gain, 0, 8) * (1 << GainBits));
        if (factor == 1 << GainBits) return;
        var (least, most) = (new Vector<int>(short.MinValue), new Vector<int>(short.MaxValue));
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        foreach (ref var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            low = Vector.Max(least, Vector.Min(most, Vector.ShiftRightArithmetic(low * factor, GainBits)));
            high = Vector.Max(least, Vector.Min(most, Vector.ShiftRightArithmetic(high * factor, GainBits)));
            vector = Vector.Narrow(low, high);
        }
        foreach (ref var sample in samples[(vectors.Length * Vector<short>.Count)..])
            sample = (short)Math.Clamp((sample * factor) >> GainBits, short.MinValue, short.MaxValue);
    }

    /// <summary>Lets the sound begin and end at zero, in straight lines over so many samples.</summary>
    public static void FadeEdges(Span<short> samples, int length)
    {
        length = Math.Min(length, samples.Length / 2);
        for (var i = 0; i < length; i++)
        {
            samples[i] = (short)(samples[i] * i / length);
            samples[^(i + 1)] = (short)(samples[^(i + 1)] * i / length);
        }
    }
}
