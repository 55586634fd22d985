using System.Buffers.Binary;
using System.Diagnostics;

namespace AIMake.Simulator.Sound;

/// <summary>
/// How loud a recording is, every 20 ms. It survives what is done to sound on its way, other formats, volumes, neighbours, and
/// so tells a recording by itself.
/// </summary>
internal static class Loudness
{
    public const double FrameSeconds = 0.02;

    private const int FrameSamples = (int)(SoundMaker.SampleRate * FrameSeconds);

    /// <summary>Null when it is no recording ffmpeg can read.</summary>
    public static async Task<float[]?> OfFileAsync(byte[] recording, CancellationToken ct)
    {
        var file = Path.GetTempFileName(); // some formats are not readable from a pipe
        try
        {
            await File.WriteAllBytesAsync(file, recording, ct);
            using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "quiet", "-i", file, "-vn", "-ar", $"{SoundMaker.SampleRate}", "-ac", "1", "-f", "s16le", "pipe:1"]) { RedirectStandardOutput = true })!;
            using var pcm = new MemoryStream();
            await ffmpeg.StandardOutput.BaseStream.CopyToAsync(pcm, ct);
            await ffmpeg.WaitForExitAsync(ct);
            return pcm.Length > 0 ? OfSamples(pcm.ToArray()) : null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <param name="pcm">Mono, 16 bits, 24 kHz.</param>
    public static float[] OfSamples(ReadOnlySpan<byte> pcm)
    {
        var frames = new float[pcm.Length / 2 / FrameSamples];
        for (var frame = 0; frame < frames.Length; frame++)
        {
            var sum = 0.0;
            for (var i = 0; i < FrameSamples; i++)
            {
                double sample = BinaryPrimitives.ReadInt16LittleEndian(pcm[((frame * FrameSamples + i) * 2)..]);
                sum += sample * sample;
            }
            frames[frame] = (float)Math.Sqrt(sum / FrameSamples);
        }
        return frames;
    }

    /// <summary>How alike two stretches of one length are, from -1 to 1.</summary>
    public static double Likeness(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sumA = 0, sumB = 0;
        for (var i = 0; i < a.Length; i++) (sumA, sumB) = (sumA + a[i], sumB + b[i]);
        var (meanA, meanB) = (sumA / a.Length, sumB / a.Length);
        double both = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] - meanA, b[i] - meanB);
            (both, squareA, squareB) = (both + x * y, squareA + x * x, squareB + y * y);
        }
        return squareA < 1 || squareB < 1 ? 0 : both / Math.Sqrt(squareA * squareB);
    }

    /// <summary>Without the silence at both ends.</summary>
    public static Range Sounding(ReadOnlySpan<float> frames)
    {
        var quiet = Quiet(frames);
        var (from, to) = (0, frames.Length);
        while (from < to && frames[from] <= quiet) from++;
        while (to > from && frames[to - 1] <= quiet) to--;
        return from..to;
    }

    /// <summary>What is silence beside the loudest frame.</summary>
    public static float Quiet(ReadOnlySpan<float> frames)
    {
        var most = 0f;
        foreach (var frame in frames) most = Math.Max(most, frame);
        return most * 0.02f;
    }
}
