using System.Net.Sockets;

namespace AIMake.Platform.Outbound;

/// <summary>
/// The body as it comes off the wire, under guard: capped in size, and silent no longer than the limit. Only time spent waiting
/// for the vendor counts, not time our own reader takes; and the clock is set back only by a handful of bytes, so that a drip
/// of one byte now and then is silence too.
/// </summary>
internal sealed class WireStream(Stream inner, CallWatch watch, TimeProvider time, TimeSpan idle, long maxBytes) : ReadOnlyPassage
{
    private const int BytesThatCount = 16;

    private TimeSpan _waited;
    private int _sinceProgress;
    private long _total;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        cancellationToken.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        watch.StartIdle(idle - _waited);
        int read;
        try
        {
            // The token of this one read matters less than the call's own, which also carries the caller's.
            read = await inner.ReadAsync(buffer, watch.Token);
        }
        catch (Exception e) when (watch.HasExpired(out var failure))
        {
            throw new OutboundException(failure, $"after {_total} bytes", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException)
        {
            throw new OutboundException(OutboundFailure.Interrupted, $"after {_total} bytes", e);
        }
        finally
        {
            watch.StopStage();
        }

        _waited += time.GetElapsedTime(started);
        if ((_sinceProgress += read) >= BytesThatCount) (_waited, _sinceProgress) = (TimeSpan.Zero, 0);
        if ((_total += read) > maxBytes) throw new OutboundException(OutboundFailure.TooLarge, $"body over {maxBytes} bytes");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
