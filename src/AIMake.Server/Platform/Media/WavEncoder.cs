using System.Buffers.Binary;

namespace AIMake.Platform.Media;

/// <summary>
/// RIFF with 16-bit PCM. The header comes first and holds the length, so a stream gets the number that players take for
/// "until it ends"; where the output can seek, the true length is filled in.
/// </summary>
internal sealed class WavEncoder(int sampleRate, Stream output) : IAudioEncoder
{
    public const int HeaderLength = 44;

    private bool _begun;
    private long _dataBytes;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        await BeginAsync(ct);
        await output.WriteAsync(pcm, ct);
        _dataBytes += pcm.Length;
    }

    public ValueTask WriteSilenceAsync(long samples, CancellationToken ct) => Silence.WriteAsync(samples, WriteAsync, ct);

    public async Task<EncodedAudio> CompleteAsync(CancellationToken ct)
    {
        await BeginAsync(ct);
        if (output.CanSeek)
        {
            var end = output.Position;
            output.Position = end - _dataBytes - HeaderLength;
            await output.WriteAsync(Header(sampleRate, _dataBytes), ct);
            output.Position = end;
        }
        return new EncodedAudio(HeaderLength + _dataBytes, _dataBytes / 2, sampleRate);
    }

    private async ValueTask BeginAsync(CancellationToken ct)
    {
        if (_begun) return;
        _begun = true;
        await output.WriteAsync(Header(sampleRate, long.MaxValue), ct);
    }

    /// <summary>The 44 bytes before the samples; lengths beyond 4 GB are written as "until it ends".</summary>
    public static byte[] Header(int sampleRate, long dataBytes)
    {
        var known = dataBytes <= uint.MaxValue - HeaderLength;
        var header = new byte[HeaderLength];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), known ? (uint)dataBytes + HeaderLength - 8 : uint.MaxValue);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), sampleRate * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), known ? (uint)dataBytes : uint.MaxValue);
        return header;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
