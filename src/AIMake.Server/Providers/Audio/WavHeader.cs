using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace AIMake.Providers.Audio;

/// <summary>
/// Reads the head of a WAV stream up to its first sample. Sizes are not believed where streaming servers are known to lie: the
/// RIFF size is ignored, and a data size of nothing or of nearly 2 GB and more means "to the end".
/// </summary>
internal static class WavHeader
{
    private const int MostChunks = 64;
    private const int LongestChunk = 1 << 20;
    private const uint NotASize = 0x7FFF_0000;

    /// <summary>Whether the bytes begin a WAV; false as well when there are fewer than twelve.</summary>
    public static bool IsWav(ReadOnlySpan<byte> start) => start.Length >= 12 && start[..4].SequenceEqual("RIFF"u8) && start[8..12].SequenceEqual("WAVE"u8);

    /// <exception cref="ProviderException">It is damaged, or holds something other than 16-bit PCM.</exception>
    public static async Task<PcmFormat> ReadAsync(PipeReader reader, CancellationToken ct)
    {
        await TakeAsync(reader, 12, ct);
        PcmFormat? format = null;
        for (var chunk = 0; chunk < MostChunks; chunk++)
        {
            var head = await TakeAsync(reader, 8, ct);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            if (head.AsSpan(0, 4).SequenceEqual("data"u8))
            {
                var known = format ?? throw ProviderFaults.Invalid("WAV without a format before its sound");
                return known with { Length = size is 0 or >= NotASize ? null : size };
            }
            if (size > LongestChunk) throw ProviderFaults.Invalid($"WAV with a chunk of {size} bytes before its sound");
            var body = await TakeAsync(reader, (int)(size + (size & 1)), ct);
            if (head.AsSpan(0, 4).SequenceEqual("fmt "u8)) format = ReadFormat(body);
        }
        throw ProviderFaults.Invalid("WAV without sound");
    }

    private static PcmFormat ReadFormat(ReadOnlySpan<byte> body)
    {
        const int pcm = 1;
        const int extensible = 0xFFFE;
        if (body.Length < 16) throw ProviderFaults.Invalid("WAV with a short format");
        int encoding = BinaryPrimitives.ReadUInt16LittleEndian(body);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(body[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(body[14..]);
        if (encoding == extensible && body.Length >= 26) encoding = BinaryPrimitives.ReadUInt16LittleEndian(body[24..]);
        return encoding == pcm && bits == 16 && channels is >= 1 and <= 8 && rate is >= 8_000 and <= 192_000
            ? new PcmFormat(rate, channels, null)
            : throw ProviderFaults.Invalid($"WAV of encoding {encoding}, {bits} bits, {channels} channels, {rate} Hz");
    }

    private static async Task<byte[]> TakeAsync(PipeReader reader, int length, CancellationToken ct)
    {
        var result = await reader.ReadAtLeastAsync(length, ct);
        if (result.Buffer.Length < length) throw ProviderFaults.Invalid("WAV that ends before its sound");
        var taken = result.Buffer.Slice(0, length);
        var bytes = taken.ToArray();
        reader.AdvanceTo(taken.End);
        return bytes;
    }
}
