using System.Collections.Concurrent;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Options;

namespace AIMake.Platform.Media;

/// <summary>
/// Starts ffmpegs, and keeps one started ahead for each command that was lately wanted at once: loading ffmpeg's libraries takes
/// some 45 ms, encoding a sentence a tenth of that.
/// </summary>
internal sealed class FfmpegProcesses(ChildProcesses children, IOptions<MediaOptions> options, ILogger<FfmpegProcesses> log) : IAsyncDisposable
{
    private const int WarmLimit = 3;

    private readonly MediaOptions _options = options.Value;
    private readonly ConcurrentDictionary<FfmpegCommand, Task<FfmpegProcess>> _warm = new();
    private volatile bool _disposed;

    public MediaOptions Options => _options;

    /// <summary>A fresh process that does what the command says; one that is already waiting when there is one.</summary>
    public async Task<FfmpegProcess> StartAsync(FfmpegCommand command)
    {
        if (!_options.KeepWarm || !command.LowLatency) return await StartColdAsync(command);
        var process = await TakeWaitingAsync(command) ?? await StartColdAsync(command);
        if (_warm.Count < WarmLimit && !_disposed) _warm.TryAdd(command, Task.Run(() => StartColdAsync(command), CancellationToken.None));
        return process;
    }

    private async Task<FfmpegProcess?> TakeWaitingAsync(FfmpegCommand command)
    {
        if (!_warm.TryRemove(command, out var waiting)) return null;
        try
        {
            var process = await waiting;
            if (!process.HasExited) return process;
            await process.DisposeAsync();
            return null;
        }
        catch (MediaException)
        {
            // It could not be started ahead; whether it can now is seen next.
            return null;
        }
    }

    private async Task<FfmpegProcess> StartColdAsync(FfmpegCommand command)
    {
        try
        {
            return new FfmpegProcess(await children.StartAsync(command.ToSpec(_options)), _options, log);
        }
        catch (ChildProcessException e)
        {
            throw new MediaException(MediaFault.EncoderMissing, e.Message, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var command in _warm.Keys)
        {
            if (!_warm.TryRemove(command, out var waiting)) continue;
            try
            {
                await (await waiting).DisposeAsync();
            }
            catch (MediaException)
            {
                // Never started.
            }
        }
    }
}
