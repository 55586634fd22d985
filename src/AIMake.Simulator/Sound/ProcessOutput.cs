using System.Diagnostics;

namespace AIMake.Simulator.Sound;

/// <summary>What the last process of a pipeline writes. Disposing it ends the whole pipeline.</summary>
internal sealed class ProcessOutput(Process last, Process first) : Stream
{
    private readonly Stream _output = last.StandardOutput.BaseStream;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _output.ReadAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _output.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var process in new[] { first, last })
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        base.Dispose(disposing);
    }
}
