namespace AIMake.Speech.Takes;

/// <summary>
/// Writes a file and sends the same bytes to a listener. When the encoder goes back to fill in a length, only the file is
/// changed: what was sent was a stream. Bytes that could not be sent are still written.
/// </summary>
internal sealed class TeeStream(FileStream file, Stream listener, CancellationToken left) : Stream
{
    private long _sent;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var isNew = file.Position == _sent;
        await file.WriteAsync(buffer, cancellationToken);
        if (isNew)
        {
            _sent += buffer.Length;
            await listener.WriteAsync(buffer, left);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await file.FlushAsync(cancellationToken);
        await listener.FlushAsync(left);
    }

    public override void Flush() => file.Flush();

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => file.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writing reaches the listener.");

    public override ValueTask DisposeAsync() => file.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
    }
}
