namespace AIMake.Platform.Processes;

/// <summary>
/// A child's standard output with an end in sight: it counts against a limit, and it ends shortly after the child does even
/// when a stray descendant keeps the pipe open.
/// </summary>
internal sealed class ChildOutputStream(Stream pipe, long limit, Action overLimit) : Stream
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _afterExit = new();
    private long _total;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _total; set => throw new NotSupportedException(); }

    /// <summary>The process is gone: what the pipe still holds may be read, but nobody waits for more.</summary>
    internal void ProcessExited() => _afterExit.CancelAfter(Grace);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await ReadUntilExitAsync(buffer, cancellationToken);
        _total += read;
        if (_total <= limit) return read;
        overLimit();
        throw new IOException($"The child wrote more than {limit} bytes.");
    }

    private async ValueTask<int> ReadUntilExitAsync(Memory<byte> buffer, CancellationToken ct)
    {
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct, _afterExit.Token))
        {
            try
            {
                if (!_afterExit.IsCancellationRequested) return await pipe.ReadAsync(buffer, waiting.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The process ended while we waited; look once more below.
            }
        }

        using var brief = CancellationTokenSource.CreateLinkedTokenSource(ct);
        brief.CancelAfter(TimeSpan.FromMilliseconds(50));
        try
        {
            return await pipe.ReadAsync(buffer, brief.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return 0;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipe.Dispose();
            _afterExit.Dispose();
        }
        base.Dispose(disposing);
    }
}
