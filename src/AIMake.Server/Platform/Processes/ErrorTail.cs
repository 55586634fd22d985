using System.Text;

namespace AIMake.Platform.Processes;

/// <summary>Keeps the last bytes of a stream of any length.</summary>
internal sealed class ErrorTail(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    public async Task DrainAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, ct) is var read and > 0) Append(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // What was kept so far is all there will be.
        }
    }

    public override string ToString()
    {
        lock (_ring)
        {
            if (_written <= _ring.Length) return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var start = (int)(_written % _ring.Length);
            return Encoding.UTF8.GetString([.. _ring.AsSpan(start), .. _ring.AsSpan(0, start)]);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_ring)
        {
            if (bytes.Length > _ring.Length)
            {
                _written += bytes.Length - _ring.Length;
                bytes = bytes[^_ring.Length..];
            }
            var at = (int)(_written % _ring.Length);
            var first = Math.Min(bytes.Length, _ring.Length - at);
            bytes[..first].CopyTo(_ring.AsSpan(at));
            bytes[first..].CopyTo(_ring);
            _written += bytes.Length;
        }
    }
}
