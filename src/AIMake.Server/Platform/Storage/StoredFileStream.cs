using System.Security.Cryptography;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Storage;

/// <summary>
/// A stored file that can be sought: bytes are fetched from where the reader stands, in bounded pieces, so that a reader of
/// a small range never makes a bucket send the rest. Whoever reads it whole, from the start, gets the bytes that were stored or
/// an exception before the last of them.
/// </summary>
internal sealed class StoredFileStream(IFileStore store, StoredFile file, CancellationToken ct) : Stream
{
    private const long Piece = 8L << 20;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _hashed;
    private Stream? _piece;
    private long _pieceEnd;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Bytes;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != _position)
        {
            _piece?.Dispose();
            (_piece, _position) = (null, target);
        }

        return _position;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length || buffer.Length == 0)
        {
            return 0;
        }

        if (_piece is null || _position >= _pieceEnd)
        {
            if (_piece is not null)
            {
                await _piece.DisposeAsync();
            }

            var length = Math.Min(Piece, Length - _position);
            _piece = await store.OpenAsync(file.Key, _position, length, ct) ?? throw new FaultException(new(FaultCodes.NotFound));
            _pieceEnd = _position + length;
        }

        var read = await _piece.ReadAsync(buffer, cancellationToken);
        if (read == 0)
        {
            throw new IOException("A stored file is shorter than its row says.");
        }

        Verify(buffer.Span[..read]);
        _position += read;
        return read;
    }

    private void Verify(ReadOnlySpan<byte> bytes)
    {
        if (_hashed != _position)
        {
            return; // a range: there is nothing to compare it with
        }

        _hash.AppendData(bytes);
        _hashed += bytes.Length;
        if (_hashed == Length && !Convert.ToHexStringLower(_hash.GetHashAndReset()).Equals(file.Sha256, StringComparison.Ordinal))
        {
            throw new IOException("A stored file is not what was stored.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _piece?.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
