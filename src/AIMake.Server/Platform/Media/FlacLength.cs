using System.Buffers.Binary;

namespace AIMake.Platform.Media;

/// <summary>
/// ffmpeg writes to a pipe and cannot go back to fill in how long the file became. In a file we can: the count of samples is a 36-bit
/// field of STREAMINFO (RFC 9639, section 8.2), the low four bits of byte 21 and the four bytes after it.
/// </summary>
internal static class FlacLength
{
    private const int Offset = 21;

    public static async Task PatchAsync(Stream file, long writtenBytes, long samples, CancellationToken ct)
    {
        var start = file.Position - writtenBytes;
        var field = new byte[5];
        file.Position = start + Offset;
        await file.ReadExactlyAsync(field, ct);
        field[0] = (byte)((field[0] & 0xf0) | (int)((samples >> 32) & 0x0f));
        BinaryPrimitives.WriteUInt32BigEndian(field.AsSpan(1), (uint)samples);
        file.Position = start + Offset;
        await file.WriteAsync(field, ct);
        file.Position = start + writtenBytes;
    }
}
