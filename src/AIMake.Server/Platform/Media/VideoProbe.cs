using System.Globalization;
using System.Text;
using AIMake.Platform.Processes;

namespace AIMake.Platform.Media;

/// <summary>What a video file is.</summary>
/// <param name="Seconds">To the thousandth.</param>
internal sealed record VideoFacts(decimal Seconds, int Width, int Height);

/// <summary>
/// Looks into video files that strangers bring. Only containers that hold their own pictures are opened. A file is read to its
/// end: one whose tail was lost on the way still tells the length it should have had.
/// </summary>
internal sealed class VideoProbe(ChildProcesses children, MediaOptions options)
{
    private const string Containers = "mov,matroska,webm";
    private const int StillWidth = 640;

    /// <summary>Null when it is no video, has no length, or is not whole.</summary>
    public async Task<VideoFacts?> LookAsync(string path, CancellationToken ct)
    {
        var program = Path.Combine(Path.GetDirectoryName(options.FfmpegPath) ?? "", "ffprobe");
        var (exit, output) = await children.RunAsync(
            new ChildProcessSpec(program,
            [
                "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", Containers, "-select_streams", "v:0", "-count_packets",
                "-show_entries", "stream=codec_type,width,height,nb_frames,nb_read_packets:format=duration", "-of", "default=noprint_wrappers=1:nokey=0", path,
            ])
            {
                Deadline = TimeSpan.FromMinutes(1), OutputLimit = 64 * 1024,
                Limits = new ProcessLimits { CpuSeconds = 60, AddressSpace = 2L << 30, FileSize = 0 },
            },
            ct);
        var facts = Encoding.UTF8.GetString(output).Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2).DistinctBy(p => p[0]).ToDictionary(p => p[0], p => p[1]);
        return exit.Succeeded && facts.GetValueOrDefault("codec_type") == "video" && IsWhole(facts)
            && decimal.TryParse(facts.GetValueOrDefault("duration"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1_000_000
            && Number(facts, "width") is > 0 and < 100_000 and var width && Number(facts, "height") is > 0 and < 100_000 and var height
                ? new VideoFacts(decimal.Ceiling(seconds * 1000) / 1000, (int)width, (int)height)
                : null;
    }

    /// <summary>A still of its first second as WebP, at most 640 pixels wide; null where none can be made.</summary>
    public async Task<byte[]?> StillAsync(string path, CancellationToken ct)
    {
        var (exit, output) = await children.RunAsync(
            new ChildProcessSpec(options.FfmpegPath,
            [
                "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", "-protocol_whitelist", "file,pipe", "-format_whitelist", Containers, "-i", path,
                "-an", "-frames:v", "1", "-vf", $"scale='min({StillWidth},iw)':-2", "-map_metadata", "-1", "-c:v", "libwebp", "-f", "webp", "pipe:1",
            ])
            {
                Deadline = TimeSpan.FromMinutes(1), OutputLimit = 4 << 20,
                Limits = new ProcessLimits { CpuSeconds = 60, AddressSpace = 4L << 30, FileSize = 0 },
            },
            ct);
        return exit.Succeeded && output.Length > 0 ? output : null;
    }

    /// <summary>An MP4 says how many pictures it has; there must be as many.</summary>
    private static bool IsWhole(Dictionary<string, string> facts) =>
        Number(facts, "nb_read_packets") is > 0 and var read && (Number(facts, "nb_frames") is not { } promised || read >= promised);

    private static long? Number(Dictionary<string, string> facts, string name) =>
        long.TryParse(facts.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
