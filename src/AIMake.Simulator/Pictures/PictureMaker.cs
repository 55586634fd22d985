using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Pictures;

/// <summary>Makes real pictures, the same for the same words: two colours and the way from one to the other.</summary>
internal static class PictureMaker
{
    private static readonly uint[] Crcs = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (crc, _) => (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1)))];

    /// <param name="transparent">Makes the lower right half see-through.</param>
    public static byte[] Png(string words, int width, int height, bool transparent = false)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(words));
        var depth = transparent ? 4 : 3;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + width * depth];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++) Paint(row.AsSpan(1 + x * depth, depth), seed, x, y, width, height);
                zlib.Write(row);
            }
        }
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, (byte)(transparent ? 6 : 2));
        Chunk(png, "IHDR"u8, head);
        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>The same in another format, by ffmpeg.</summary>
    /// <param name="format"><c>jpeg</c>, <c>webp</c> or <c>png</c>.</param>
    public static async Task<byte[]> ConvertAsync(byte[] png, string format, CancellationToken ct)
    {
        if (format == "png") return png;
        string[] codec = format == "webp" ? ["-c:v", "libwebp", "-f", "webp"] : ["-c:v", "mjpeg", "-f", "image2pipe"];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "png_pipe", "-i", "pipe:0", .. codec, "pipe:1"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var made = new MemoryStream();
        var reading = ffmpeg.StandardOutput.BaseStream.CopyToAsync(made, ct);
        await ffmpeg.StandardInput.BaseStream.WriteAsync(png, ct);
        ffmpeg.StandardInput.Close();
        await reading;
        return made.ToArray();
    }

    private static void Paint(Span<byte> pixel, byte[] seed, int x, int y, int width, int height)
    {
        var along = (x * 255 / width + y * 255 / height) / 2;
        for (var i = 0; i < 3; i++) pixel[i] = (byte)((seed[i] * (255 - along) + seed[i + 3] * along) / 255);
        if (pixel.Length == 4) pixel[3] = (byte)(along > 128 ? 0 : 255);
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> name, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(name);
        png.Write(data);
        var crc = uint.MaxValue;
        foreach (var b in name) crc = Crcs[(crc ^ b) & 0xFF] ^ (crc >> 8);
        foreach (var b in data) crc = Crcs[(crc ^ b) & 0xFF] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }
}
