using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>Fetches what a vendor made and only links to, and tells what it is by its content.</summary>
internal static class MadeMedia
{
    private const long LargestPicture = 64L << 20;

    /// <summary>Fetches a picture or sound whole. It has been paid for: no failure says to have it made again.</summary>
    public static Task<MediaOutput> ReadAsync(OutboundHttp http, Uri link, TimeProvider time, CancellationToken ct) => PaidOrder.RedeemAsync(async () =>
    {
        await using var body = await FetchedStream.OpenAsync(http, link, time, ct);
        return await ReadAsync(body, ct);
    });

    public static async Task<MediaOutput> ReadAsync(Stream body, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (bytes.Length + read > LargestPicture) throw ProviderFaults.Invalid($"over {LargestPicture} bytes");
            bytes.Write(buffer, 0, read);
        }
        return Of(bytes.ToArray());
    }

    /// <summary>Media from bytes that came in an answer.</summary>
    /// <exception cref="ProviderException">It is none of the kinds vendors make.</exception>
    public static MediaOutput Of(ReadOnlyMemory<byte> bytes) =>
        MimeType(bytes.Span) is { } type ? new MediaOutput(bytes, type) : throw ProviderFaults.Invalid($"{bytes.Length} bytes that are no picture or clip");

    /// <summary>Media written as base64, with or without the head of a data URI.</summary>
    public static MediaOutput OfBase64(string text)
    {
        var start = text.StartsWith("data:", StringComparison.Ordinal) ? text.IndexOf(',', StringComparison.Ordinal) + 1 : 0;
        var bytes = new byte[(text.Length - start) / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(text.AsSpan(start), bytes, out var length) ? Of(bytes.AsMemory(0, length)) : throw ProviderFaults.Invalid("not base64");
    }

    /// <summary>By the first bytes; null for anything but PNG, JPEG, WebP, GIF, MP4 and WebM.</summary>
    public static string? MimeType(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "video/mp4",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        _ => null,
    };

    /// <summary>A picture as a data URI, as vendors take it inside JSON.</summary>
    public static string DataUri(MediaInput media) => $"data:{media.MimeType};base64,{Convert.ToBase64String(media.Bytes.Span)}";
}
