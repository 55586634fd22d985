using System.IO.Compression;

namespace AIMake.Platform.Outbound;

/// <summary>A compressed body, unpacked and capped: a few kilobytes on the wire may stand for gigabytes.</summary>
internal sealed class UnpackedStream(Stream inner, long maxBytes) : ReadOnlyPassage
{
    private long _total;

    /// <summary>Wraps a body as its encodings say; more than one, or one we do not know, is not an answer we asked for.</summary>
    public static Stream Wrap(Stream wire, ICollection<string> encodings, long maxBytes)
    {
        if (encodings.Count == 0) return wire;
        if (encodings.Count > 1) throw new OutboundException(OutboundFailure.InvalidResponse, $"{encodings.Count} content encodings");
        return encodings.First().ToLowerInvariant() switch
        {
            "identity" or "" => wire,
            "gzip" or "x-gzip" => new UnpackedStream(new GZipStream(wire, CompressionMode.Decompress), maxBytes),
            "deflate" => new UnpackedStream(new ZLibStream(wire, CompressionMode.Decompress), maxBytes),
            "br" => new UnpackedStream(new BrotliStream(wire, CompressionMode.Decompress), maxBytes),
            _ => throw new OutboundException(OutboundFailure.InvalidResponse, "unknown content encoding"),
        };
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            throw new OutboundException(OutboundFailure.InvalidResponse, $"not packed as it says, after {_total} bytes", e);
        }
        if ((_total += read) > maxBytes) throw new OutboundException(OutboundFailure.TooLarge, $"unpacked body over {maxBytes} bytes");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
