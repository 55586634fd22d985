namespace AIMake.Providers.Audio;

/// <summary>How a stream of 16-bit little-endian samples is laid out.</summary>
/// <param name="SampleRate">Samples per second and channel.</param>
/// <param name="Channels">1 or more, interleaved.</param>
/// <param name="Length">Bytes of sound announced; null when it goes on to the end of the stream.</param>
internal readonly record struct PcmFormat(int SampleRate, int Channels, long? Length)
{
    /// <summary>Bytes of one sample over all channels.</summary>
    public int FrameBytes => 2 * Channels;
}
