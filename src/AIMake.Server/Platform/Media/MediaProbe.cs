using System.Globalization;
using System.Text;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Options;

namespace AIMake.Platform.Media;

/// <summary>
/// Measures files that strangers bring. Only containers that hold their own sound are opened: play lists, concatenations and other
/// formats that point elsewhere are not.
/// </summary>
internal sealed class MediaProbe(ChildProcesses children, IOptions<MediaOptions> options)
{
    private const string Containers = "mp3,wav,flac,ogg,aac,mov,matroska,aiff,caf,amr";

    /// <summary>Length in seconds, to the thousandth; null when it is no recording, or none of a known length.</summary>
    public async Task<decimal?> SecondsAsync(string path, CancellationToken ct)
    {
        var program = Path.Combine(Path.GetDirectoryName(options.Value.FfmpegPath) ?? "", "ffprobe");
        var (exit, output) = await children.RunAsync(
            new ChildProcessSpec(program,
            [
                "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", Containers,
                "-select_streams", "a:0", "-show_entries", "stream=codec_type:format=duration", "-of", "default=noprint_wrappers=1:nokey=0", path,
            ])
            {
                Deadline = TimeSpan.FromSeconds(10), OutputLimit = 64 * 1024,
                Limits = new ProcessLimits { CpuSeconds = 10, AddressSpace = 2L << 30, FileSize = 0 },
            },
            ct);
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        return exit.Succeeded && lines.Contains("codec_type=audio")
            && lines.FirstOrDefault(l => l.StartsWith("duration=", StringComparison.Ordinal)) is { } line
            && decimal.TryParse(line.AsSpan(9), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1_000_000
                ? decimal.Ceiling(seconds * 1000) / 1000
                : null;
    }
}
