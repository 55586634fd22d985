using AIMake.Platform.Processes;

namespace AIMake.Platform.Media;

/// <summary>One running ffmpeg: samples in, encoded bytes out, and every way it can fail as a <see cref="MediaException"/>.</summary>
internal sealed class FfmpegProcess(ChildProcess child, MediaOptions options, ILogger log) : IAsyncDisposable
{
    private readonly StallGuard _guard = new(child, options.StallTimeout);

    public bool HasExited => child.Exit.IsCompleted;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        _guard.BeginWork();
        try
        {
            await child.Input.WriteAsync(pcm, ct);
        }
        catch (IOException e)
        {
            throw await FailureAsync(e);
        }
        finally
        {
            _guard.EndWork();
        }
    }

    /// <summary>No more samples. From here on until the last byte has been read the encoder is on the clock.</summary>
    public async Task EndInputAsync()
    {
        _guard.BeginWork();
        try
        {
            await child.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // Whoever reads the output will see how it ended.
        }
    }

    /// <summary>Hands everything the encoder writes to <paramref name="sink"/>, then makes sure that it ended well.</summary>
    public async Task ReadAllAsync(Func<ReadOnlyMemory<byte>, ValueTask> sink, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (await ReadAsync(buffer, ct) is var read and > 0)
        {
            _guard.BeginBlocked();
            try
            {
                await sink(buffer.AsMemory(0, read));
            }
            finally
            {
                _guard.EndBlocked();
            }
        }
        if (!(await child.Exit).Succeeded) throw await FailureAsync(null);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await child.Output.ReadAsync(buffer, ct);
        }
        catch (IOException e)
        {
            throw await FailureAsync(e);
        }
    }

    private async Task<MediaException> FailureAsync(Exception? cause)
    {
        var exit = await child.EndAsync();
        log.EncoderFailed(child.Id, exit);
        log.EncoderSaid(child.Id, exit.ErrorTail);
        return new MediaException(
            exit.End == ChildEnd.TimedOut ? MediaFault.EncoderStalled : MediaFault.EncoderFailed, exit.ToString(), cause);
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();
}
