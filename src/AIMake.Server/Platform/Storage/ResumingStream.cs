namespace AIMake.Platform.Storage;

/// <summary>
/// A download of known length that goes on where it broke off, a few times: a bucket that cuts a connection must not cut
/// a listener's playback.
/// </summary>
/// <param name="first">The first connection and how many bytes are to come.</param>
/// <param name="again">Opens from a position for what is left; null when the file has gone.</param>
/// <param name="onResume">Told where it broke off.</param>
internal sealed class ResumingStream((Stream Bytes, long Length) first, Func<long, long, Task<(Stream Bytes, long Length)?>> again, Action<long> onResume) : Stream
{
    private const int MostResumes = 3;
    private readonly long _length = first.Length;
    private Stream _current = first.Bytes;
    private long _position;
    private int _resumes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_position < _length && buffer.Length > 0)
        {
            Exception? broken = null;
            var read = 0;
            try
            {
                read = await _current.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _length - _position)], cancellationToken);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                broken = e;
            }

            if (read > 0)
            {
                _position += read;
                return read;
            }

            await ResumeAsync(broken);
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ResumeAsync(Exception? broken)
    {
        if (_resumes++ == MostResumes)
        {
            throw new IOException("A stored file cannot be read to its end.", broken);
        }

        onResume(_position);
        await _current.DisposeAsync();
        var rest = await again(_position, _length - _position) ?? throw new IOException("A stored file went away while it was read.", broken);
        _current = rest.Bytes;
    }
}
