using System.Collections.Concurrent;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Options;

namespace AIMake.Providers.Espeak;

/// <summary>
/// The workers: started when first needed, used one request at a time, replaced when they fail or grow old. Whoever asks when all
/// are busy waits in line.
/// </summary>
internal sealed class EspeakPool(ChildProcesses children, IOptions<EspeakOptions> options, ILogger<EspeakPool> log) : IAsyncDisposable
{
    /// <summary>The longest segment is spoken in a fraction of this; what takes longer is not worth waiting for.</summary>
    private static readonly TimeSpan RecoverWithin = TimeSpan.FromSeconds(1);

    private readonly EspeakOptions _options = options.Value;
    private readonly SemaphoreSlim _slots = new(SizeOf(options.Value));
    private readonly ConcurrentStack<EspeakWorker> _idle = new();
    private readonly ConcurrentDictionary<EspeakWorker, Task> _recovering = new();
    private volatile bool _disposed;

    public int Size => SizeOf(_options);

    /// <summary>A usable worker, yours alone until <see cref="ReturnAsync"/>.</summary>
    public async Task<EspeakWorker> RentAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            while (_idle.TryPop(out var idle))
            {
                if (!idle.HasExited) return idle;
                await idle.DisposeAsync();
            }
            var worker = await EspeakWorker.StartAsync(children, _options, ct);
            log.WorkerStarted(worker.ProcessId, worker.EngineVersion, worker.SampleRate);
            return worker;
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Takes a worker back without delay; one that was left in mid-answer serves again once it has finished it.</summary>
    public ValueTask ReturnAsync(EspeakWorker worker)
    {
        if (worker.Usable || _disposed) return SettleAsync(worker);
        var recovery = RecoverAsync(worker);
        _recovering[worker] = recovery;
        if (recovery.IsCompleted) _recovering.TryRemove(worker, out _);
        return ValueTask.CompletedTask;
    }

    private async Task RecoverAsync(EspeakWorker worker)
    {
        using var patience = new CancellationTokenSource(RecoverWithin);
        await worker.RecoverAsync(patience.Token);
        await SettleAsync(worker);
        _recovering.TryRemove(worker, out _);
    }

    private async ValueTask SettleAsync(EspeakWorker worker)
    {
        var young = worker.Requests < _options.RequestsPerWorker && worker.Characters < _options.CharactersPerWorker;
        if (worker.Usable && young && !_disposed)
        {
            _idle.Push(worker);
        }
        else
        {
            log.WorkerRetired(worker.ProcessId, worker.Requests, worker.Usable);
            await worker.DisposeAsync();
        }
        _slots.Release();
    }

    /// <summary>Has one worker ready, so that the first caller does not wait for it.</summary>
    public async Task WarmUpAsync(CancellationToken ct) => await ReturnAsync(await RentAsync(ct));

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await Task.WhenAll(_recovering.Values);
        while (_idle.TryPop(out var worker)) await worker.DisposeAsync();
    }

    private static int SizeOf(EspeakOptions options) => options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
}
