using AIMake.Platform.Processes;

namespace AIMake.Platform.Media;

/// <summary>
/// Turns what can be streamed into what should be kept. AAC streams as ADTS, which has no length: players and probes guess a
/// duration some ten per cent off and cannot seek. A kept file is the same frames in an MP4 container (ISO/IEC 14496-14),
/// with its index in front. Bare samples get the header of a WAV, without which no player knows them.
/// </summary>
internal sealed class FinishedFiles(ChildProcesses children, MediaOptions options)
{
    /// <summary>Rewrites the file at <paramref name="path"/> where its format needs it; nothing is encoded anew.</summary>
    /// <exception cref="MediaException">ffmpeg is missing or failed; the file is as it was.</exception>
    public async Task FinishAsync(AudioFormat format, string path, CancellationToken ct)
    {
        if (format is not (AudioFormat.Aac or AudioFormat.Pcm))
        {
            return;
        }

        var finished = path + ".finished";
        try
        {
            await (format is AudioFormat.Aac ? RemuxAsync(path, finished, ct) : AddHeaderAsync(path, finished, ct));
            File.Move(finished, path, overwrite: true);
        }
        finally
        {
            File.Delete(finished);
        }
    }

    private static async Task AddHeaderAsync(string from, string to, CancellationToken ct)
    {
        await using var samples = File.OpenRead(from);
        await using var wav = File.Create(to);
        await wav.WriteAsync(WavEncoder.Header(PcmEncoder.SampleRate, samples.Length), ct);
        await samples.CopyToAsync(wav, ct);
    }

    private async Task RemuxAsync(string from, string to, CancellationToken ct)
    {
        var spec = new ChildProcessSpec(
            options.FfmpegPath,
            "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-f", "aac", "-i", $"file:{Path.GetFullPath(from)}",
            "-c:a", "copy", "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", "-y", $"file:{Path.GetFullPath(to)}")
        {
            Limits = new ProcessLimits { CpuSeconds = 300, AddressSpace = 2L << 30, FileSize = 8L << 30 },
        };
        var (exit, _) = await children.RunAsync(spec, ct);
        if (!exit.Succeeded)
        {
            throw new MediaException(MediaFault.EncoderFailed, exit.ToString());
        }
    }
}
