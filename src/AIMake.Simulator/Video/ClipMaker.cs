using System.Collections.Concurrent;
using System.Diagnostics;

namespace AIMake.Simulator.Video;

/// <summary>Makes real clips and stills with ffmpeg: a moving test picture with a tone. Each is made once and kept.</summary>
internal sealed class ClipMaker
{
    private readonly ConcurrentDictionary<(int Width, int Height, int Seconds, string Format), Lazy<Task<byte[]>>> _made = new();

    /// <summary>An MP4 with H.264 and AAC, its index in front.</summary>
    public Task<byte[]> ClipAsync(int width, int height, int seconds) => MakeAsync(width, height, seconds, "mp4");

    /// <summary>A JPEG of its first picture.</summary>
    public Task<byte[]> StillAsync(int width, int height) => MakeAsync(width, height, 1, "jpg");

    /// <summary>A picture as small as the ratio allows, 320 units at its longer side.</summary>
    public static (int Width, int Height) Size(string? ratio) => ratio switch
    {
        "9:16" => (180, 320),
        "1:1" => (320, 320),
        "4:5" => (256, 320),
        "5:4" => (320, 256),
        _ => (320, 180),
    };

    private Task<byte[]> MakeAsync(int width, int height, int seconds, string format) =>
        _made.GetOrAdd((width, height, seconds, format), key => new(() => RunAsync(key.Width, key.Height, key.Seconds, key.Format))).Value;

    private static async Task<byte[]> RunAsync(int width, int height, int seconds, string format)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{format}");
        string[] picture = ["-f", "lavfi", "-i", $"testsrc=size={width}x{height}:rate=10:duration={seconds}"];
        string[] rest = format == "mp4"
            ? ["-f", "lavfi", "-i", $"sine=frequency=220:duration={seconds}", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"]
            : ["-frames:v", "1"];
        try
        {
            using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", .. picture, .. rest, file]))!;
            await ffmpeg.WaitForExitAsync();
            return ffmpeg.ExitCode == 0 ? await File.ReadAllBytesAsync(file) : throw new InvalidOperationException($"ffmpeg ended with {ffmpeg.ExitCode}.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
