namespace AIMake.Platform.Media;

/// <summary>
/// Turns mono 16-bit samples into a file format, writing to a stream as it goes. One producer at a time. Bytes may reach the output
/// on another thread until <see cref="CompleteAsync"/> returns; the output itself stays the caller's to dispose.
/// </summary>
internal interface IAudioEncoder : IAsyncDisposable
{
    /// <summary>Appends samples. The memory must not change afterwards: it may be read later.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct);

    /// <summary>Appends digital silence; long files are encoded in parts that meet in such places.</summary>
    ValueTask WriteSilenceAsync(long samples, CancellationToken ct);

    /// <summary>Finishes the file: everything has been written to the output when this returns.</summary>
    Task<EncodedAudio> CompleteAsync(CancellationToken ct);
}

/// <summary>What has been written.</summary>
/// <param name="Bytes">Length of the encoded file.</param>
/// <param name="Samples">Samples that went in.</param>
/// <param name="SampleRate">Samples per second.</param>
internal sealed record EncodedAudio(long Bytes, long Samples, int SampleRate)
{
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples / SampleRate);
}
