using System.Globalization;
using System.Runtime.InteropServices;
using AIMake.Platform.Media;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AIMake.Tests.Platform.Media;

/// <summary>The real encoders, and ffprobe and ffmpeg as judges of what they made.</summary>
public sealed class MediaFixture : IAsyncDisposable
{
    private static readonly string[] Strictly = ["-xerror", "-err_detect", "explode"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aimake-media-");
    private int _files;

    public MediaFixture()
        : this(new MediaOptions { EncodersPerFile = 3, FirstPartSeconds = 2, LargestPartSeconds = 4 })
    {
    }

    internal MediaFixture(MediaOptions options)
    {
        Children = new ChildProcesses(TimeProvider.System, NullLogger<ChildProcesses>.Instance);
        Processes = new FfmpegProcesses(Children, Options.Create(options), NullLogger<FfmpegProcesses>.Instance);
        Encoders = new AudioEncoders(Processes);
    }

    internal ChildProcesses Children { get; }

    internal FfmpegProcesses Processes { get; }

    internal AudioEncoders Encoders { get; }

    internal string NewPath(string extension) => Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _files)}.{extension}");

    internal async Task<(string Codec, double Duration, int Rate, int Channels, int BitRate)> ProbeAsync(string path)
    {
        var (exit, output) = await Children.RunAsync(new ChildProcessSpec(
            "ffprobe", "-v", "error", "-of", "default=noprint_wrappers=1", "-show_entries",
            "stream=codec_name,sample_rate,channels:format=duration,bit_rate", path));
        Assert.True(exit.Succeeded, exit.ErrorTail);
        var values = System.Text.Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return (
            values["codec_name"],
            double.Parse(values["duration"], CultureInfo.InvariantCulture),
            int.Parse(values["sample_rate"], CultureInfo.InvariantCulture),
            int.Parse(values["channels"], CultureInfo.InvariantCulture),
            int.TryParse(values["bit_rate"], out var rate) ? rate : 0);
    }

    /// <summary>All samples, strictly unless told otherwise: any damage in the file is an error.</summary>
    internal async Task<short[]> DecodeAsync(string path, int rate, bool strict = true)
    {
        var (exit, output) = await Children.RunAsync(new ChildProcessSpec(
            "ffmpeg",
            [
                "-nostdin", "-hide_banner", "-loglevel", "error", .. strict ? Strictly : [], "-i", path,
                "-f", "s16le", "-ar", $"{rate}", "-ac", "1", "pipe:1",
            ]));
        Assert.True(exit.Succeeded, exit.ErrorTail);
        if (strict) Assert.Equal("", exit.ErrorTail);
        return MemoryMarshal.Cast<byte, short>(output).ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Processes.DisposeAsync();
        Children.Dispose();
        _folder.Delete(recursive: true);
    }
}
