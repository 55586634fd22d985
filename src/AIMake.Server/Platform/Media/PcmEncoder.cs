namespace AIMake.Platform.Media;

/// <summary>Bare samples as they are, for voices that have the rate already; others are resampled by ffmpeg.</summary>
internal sealed class PcmEncoder(Stream output) : IAudioEncoder
{
    /// <summary>The one rate of bare samples in OpenAI's API, Hz.</summary>
    public const int SampleRate = 24_000;

    private long _bytes;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        await output.WriteAsync(pcm, ct);
        _bytes += pcm.Length;
    }

    public ValueTask WriteSilenceAsync(long samples, CancellationToken ct) => Silence.WriteAsync(samples, WriteAsync, ct);

    public Task<EncodedAudio> CompleteAsync(CancellationToken ct) => Task.FromResult(new EncodedAudio(_bytes, _bytes / 2, SampleRate));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
