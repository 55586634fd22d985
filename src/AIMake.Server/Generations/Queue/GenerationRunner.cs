using System.Collections.Concurrent;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Generations.Queue;

/// <summary>
/// Runs claims in this process and records how they end. Keeps the list of what is running, so that leases can be renewed,
/// cancellations delivered and a shutdown drained.
/// </summary>
internal sealed class GenerationRunner(
    Database database, GenerationEnder ender, GenerationSignals signals, IEnumerable<IGenerationHandler> handlers,
    GenerationsOptions options, TimeProvider clock, ILogger<GenerationRunner> log)
{
    private static readonly TimeSpan IgnoredFor = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, IGenerationHandler> _handlers = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, ActiveRun> _running = new();
    private readonly ConcurrentDictionary<Guid, ActiveRun> _reported = new();
    private readonly GenerationsOptions _options = options;
    private int _free = options.Slots;
    private volatile bool _draining;

    public string[] Kinds => [.. _handlers.Keys];

    /// <summary>Slots not taken. May be looked at without a lock: only <see cref="TryReserve"/> decides.</summary>
    public int Free => Volatile.Read(ref _free);

    public ICollection<ActiveRun> Running => _running.Values;

    /// <summary>Takes slots, all or as many as there are.</summary>
    public int TryReserve(int wanted)
    {
        while (!_draining)
        {
            var free = Volatile.Read(ref _free);
            var take = Math.Min(free, wanted);
            if (take <= 0 || Interlocked.CompareExchange(ref _free, free - take, free) == free)
            {
                return Math.Max(0, take);
            }
        }

        return 0;
    }

    public void Release(int slots)
    {
        if (slots > 0)
        {
            Interlocked.Add(ref _free, slots);
            signals.WakeQueue();
        }
    }

    /// <summary>Gives back slots that found no work, without waking anybody.</summary>
    public void ReturnUnused(int slots) => Interlocked.Add(ref _free, slots);

    public bool Handles(string kind) => _handlers.ContainsKey(kind);

    /// <summary>Starts a claim in a slot reserved before; returns at once.</summary>
    public void Launch(ClaimedRow row) => Launch(ActiveRun.From(row, database, Reported));

    /// <inheritdoc cref="Launch(ClaimedRow)"/>
    public void Launch(GenerationOrder order) => Launch(ActiveRun.From(order, database, Reported));

    /// <summary>Runs an inline generation on the caller's own time; it takes no slot.</summary>
    public async Task RunInlineAsync(GenerationOrder order, Func<GenerationRun, CancellationToken, Task<RunResult>> work)
    {
        using var run = ActiveRun.From(order, database, Reported);
        await RunAsync(run, work, mayRetry: false);
    }

    /// <summary>What progressed since the last call.</summary>
    public IReadOnlyList<ActiveRun> TakeReported()
    {
        var taken = new List<ActiveRun>();
        foreach (var id in _reported.Keys)
        {
            if (_reported.TryRemove(id, out var run) && _running.ContainsKey(id))
            {
                taken.Add(run);
            }
        }

        return taken;
    }

    public void Cancel(Guid id)
    {
        if (_running.TryGetValue(id, out var run))
        {
            run.Stop(StopReason.Canceled);
        }
    }

    /// <summary>Takes no more work, lets what runs go on for a while, then hands it back to the queue.</summary>
    public async Task DrainAsync()
    {
        _draining = true;
        if (_running.IsEmpty)
        {
            return;
        }

        GenerationsLog.Draining(log, _running.Count);
        await WaitUntilIdleAsync(_options.DrainFor);
        foreach (var run in _running.Values)
        {
            run.Stop(StopReason.Draining);
        }

        await WaitUntilIdleAsync(IgnoredFor);
    }

    private async Task WaitUntilIdleAsync(TimeSpan most)
    {
        var until = clock.GetUtcNow() + most;
        while (!_running.IsEmpty && clock.GetUtcNow() < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
        }
    }

    private void Reported(ActiveRun run)
    {
        _reported[run.Id] = run;
        var note = run.Note;
        signals.Raise(new GenerationSignal(run.UserId, run.Id, note.Progress, note.Stage));
    }

    private void Launch(ActiveRun run) => _ = Task.Run(async () =>
    {
        try
        {
            await RunAsync(run, _handlers[run.Kind].RunAsync, mayRetry: true);
        }
        finally
        {
            run.Dispose();
            Release(1);
        }
    });

    private async Task RunAsync(ActiveRun run, Func<GenerationRun, CancellationToken, Task<RunResult>> work, bool mayRetry)
    {
        _running[run.Id] = run;
        try
        {
            Failpoint.Hit("run.begun");
            var end = Ending(run, await ResultAsync(run, work), mayRetry);
            Failpoint.Hit("run.finished");
            if (end is not null)
            {
                await RecordAsync(run, end);
            }
        }
        finally
        {
            _running.TryRemove(run.Id, out _);
        }
    }

    /// <summary>The work's own result, or what its exception amounts to. Work that ignores its token is left behind.</summary>
    private async Task<RunResult?> ResultAsync(ActiveRun run, Func<GenerationRun, CancellationToken, Task<RunResult>> work)
    {
        using var deadline = clock.CreateTimer(_ => run.Stop(StopReason.Deadline), null, _options.Deadline, Timeout.InfiniteTimeSpan);
        var task = Task.Run(() => work(run, run.Token), CancellationToken.None);
        try
        {
            var stopped = new TaskCompletionSource();
            await using var registration = run.Token.Register(() => stopped.TrySetResult());
            if (await Task.WhenAny(task, stopped.Task) == stopped.Task)
            {
                return await task.WaitAsync(IgnoredFor, clock, CancellationToken.None);
            }

            return await task;
        }
        catch (TimeoutException) when (run.Token.IsCancellationRequested && !task.IsCompleted)
        {
            return null;
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            return null;
        }
        catch (FaultException e)
        {
            return e.Fault.Code.Party is FaultParty.Caller or FaultParty.Funds ? new RunResult.Failed(e.Fault) : new RunResult.Retry(e.Fault);
        }
        catch (DatabaseFaultException e)
        {
            return new RunResult.Retry(e.Fault);
        }
        catch (Exception e)
        {
            GenerationsLog.HandlerThrew(log, e, run.Id, run.Kind, run.Attempt);
            return new RunResult.Retry(new Fault(FaultCodes.GenerationFailed));
        }
    }

    /// <summary>What to record; null when the lease is lost and nothing may be.</summary>
    private EndRequest? Ending(ActiveRun run, RunResult? result, bool mayRetry)
    {
        switch (run.Reason)
        {
            case StopReason.LeaseLost:
                GenerationsLog.LeaseLost(log, run.Id);
                return null;
            case StopReason.Deadline when result is not RunResult.Succeeded:
                GenerationsLog.DeadlinePassed(log, run.Id, _options.Deadline.TotalSeconds);
                return GenerationEnder.Failed(run.Claim, new Fault(FaultCodes.DeadlineExceeded, (long)_options.Deadline.TotalSeconds));
            case StopReason.Canceled when result is not RunResult.Succeeded:
                return GenerationEnder.Canceled(run.Claim);
            case StopReason.Draining when result is null or RunResult.Retry:
                return mayRetry
                    ? GenerationEnder.Again(run.Claim, TimeSpan.Zero, counts: false, "queued", "handed back")
                    : GenerationEnder.Failed(run.Claim, new Fault(FaultCodes.Interrupted), run.Note.Checkpoint);
        }

        return result switch
        {
            RunResult.Succeeded s when s.Charge > run.Ceiling || s.Lines.Sum(l => l.Credits.Value) != s.Charge.Value =>
                throw new InvalidOperationException("A charge must be its lines' sum and at most the ceiling."),
            RunResult.Succeeded s => GenerationEnder.Succeeded(run.Claim, s, run.Attempt - 1),
            RunResult.Snooze s => GenerationEnder.Again(run.Claim, s.Delay, counts: false, "waiting", null, s.State, run.Note.Progress),
            RunResult.Failed f => GenerationEnder.Failed(run.Claim, f.Fault, mayRetry ? default : run.Note.Checkpoint, f.Record),
            RunResult.Retry r when mayRetry && run.Attempt < _options.MaxAttempts =>
                GenerationEnder.Again(run.Claim, r.Fault.RetryAfter ?? BackOff(run.Attempt), counts: true, "waiting", r.Fault.Code.Code),
            RunResult.Retry r => GenerationEnder.Failed(run.Claim, r.Fault.Code.Party == FaultParty.Us && mayRetry
                ? new Fault(FaultCodes.AttemptsExhausted, run.Attempt) : r.Fault, mayRetry ? default : run.Note.Checkpoint),
            _ => GenerationEnder.Failed(run.Claim, new Fault(FaultCodes.GenerationFailed)),
        };
    }

    /// <summary>Doubles with every attempt, between half and all of it, so that what failed together does not come back together.</summary>
    private TimeSpan BackOff(int attempt)
    {
        var full = Math.Min(_options.BackOff.TotalMilliseconds * Math.Pow(2, attempt - 1), _options.MaxBackOff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>The work is done and may have cost money: keep trying to record it for as long as the lease can be ours.</summary>
    private async Task RecordAsync(ActiveRun run, EndRequest end)
    {
        var until = clock.GetUtcNow() + _options.Lease;
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait = TimeSpan.FromMilliseconds(Math.Min(2_000, wait.TotalMilliseconds * 2)))
        {
            try
            {
                if (!await ender.EndAsync(end))
                {
                    GenerationsLog.LeaseLost(log, run.Id);
                }

                return;
            }
            catch (DatabaseFaultException) when (clock.GetUtcNow() < until)
            {
                await Task.Delay(wait, clock);
            }
            catch (Exception e)
            {
                // The row stays running; its lease ends and the reaper gives it another run, until its attempts are used up.
                GenerationsLog.EndNotRecorded(log, e, run.Id, e.GetType().Name);
                return;
            }
        }
    }
}
