namespace AIMake.Platform.Media;

/// <summary>Opens the right encoder for a format.</summary>
internal sealed class AudioEncoders(FfmpegProcesses processes)
{
    /// <summary>Lowest and highest sample rate every format can take.</summary>
    public const int LowestRate = 8_000, HighestRate = 48_000;

    /// <summary>
    /// An encoder that writes to <paramref name="output"/> from its current position. Where that can seek, formats that hold their
    /// length in a header get the true one; otherwise the file is a stream that ends when it ends.
    /// </summary>
    public async Task<IAudioEncoder> OpenAsync(AudioFormat format, int sampleRate, Stream output, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, LowestRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, HighestRate);
        return format switch
        {
            AudioFormat.Wav => new WavEncoder(sampleRate, output),
            AudioFormat.Pcm when sampleRate == PcmEncoder.SampleRate => new PcmEncoder(output),
            AudioFormat.Mp3 => new PartedMp3Encoder(processes, sampleRate, output),
            _ => await FfmpegEncoder.StartAsync(processes, new FfmpegCommand(format, sampleRate, LowLatency: true), output),
        };
    }
}
