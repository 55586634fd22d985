using System.IO.Pipelines;
using System.Threading.Channels;

namespace AIMake.Platform.Media;

/// <summary>
/// A stretch of an MP3 made by one ffmpeg. Samples wait in memory until the encoder takes them, frames until it is
/// their turn in the file.
/// </summary>
internal sealed class Mp3Part
{
    private readonly Channel<ReadOnlyMemory<byte>> _pcm = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly Pipe _frames = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 64 * 1024));
    private long _keep = long.MaxValue;

    /// <summary>Encoded bytes in order; completes with the failure when there was one.</summary>
    public PipeReader Frames => _frames.Reader;

    /// <summary>Samples written so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Frames of this part that belong into the file. Known when the part is closed; until then the encoder's delay makes sure
    /// that it cannot have produced more.</summary>
    public long Keep => Volatile.Read(ref _keep);

    public void Write(ReadOnlyMemory<byte> pcm)
    {
        Samples += pcm.Length / 2;
        _pcm.Writer.TryWrite(pcm);
    }

    public void Close(long keep = long.MaxValue)
    {
        Volatile.Write(ref _keep, keep);
        _pcm.Writer.TryComplete();
    }

    /// <summary>Runs the encoder until the part is closed and encoded. Never throws: the failure comes out of <see cref="Frames"/>.</summary>
    public async Task RunAsync(FfmpegProcesses processes, FfmpegCommand command, CancellationToken ct)
    {
        try
        {
            await using var process = await processes.StartAsync(command);
            var reading = process.ReadAllAsync(async bytes => await _frames.Writer.WriteAsync(bytes, ct), ct);
            try
            {
                await foreach (var pcm in _pcm.Reader.ReadAllAsync(ct)) await process.WriteAsync(pcm, ct);
                await process.EndInputAsync();
            }
            catch (Exception)
            {
                await process.DisposeAsync();
                await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }
            await reading;
            await _frames.Writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await _frames.Writer.CompleteAsync(e);
        }
    }
}
