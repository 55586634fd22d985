namespace AIMake.Speech.Audio;

/// <summary>Finds where a segment's sound begins and ends.</summary>
internal static class SoundEdges
{
    private const double WindowSeconds = 0.005;

    /// <summary>First and last sample that belong to the sound, margins included; null when all of it is silence.</summary>
    public static Range? Find(ReadOnlySpan<short> samples, int sampleRate, JoinSettings settings)
    {
        var window = Math.Max(1, (int)(sampleRate * WindowSeconds));
        var level = (int)Pcm.FromDecibels(settings.SilenceLevel);
        var start = 0;
        while (start < samples.Length && Pcm.Peak(samples.Slice(start, Math.Min(window, samples.Length - start))) < level) start += window;
        if (start >= samples.Length) return null;

        var end = samples.Length;
        while (Pcm.Peak(samples[Math.Max(start, end - window)..end]) < level) end -= window;
        return Math.Max(0, start - Length(settings.KeepBefore, sampleRate))..Math.Min(samples.Length, end + Length(settings.KeepAfter, sampleRate));
    }

    private static int Length(TimeSpan time, int sampleRate) => (int)(time.TotalSeconds * sampleRate);
}
