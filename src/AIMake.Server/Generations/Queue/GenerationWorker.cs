using AIMake.Credits;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Settings;

namespace AIMake.Generations.Queue;

/// <summary>
/// The process's part in the queue: claims due work while slots are free, renews leases, saves progress, and takes over what
/// dead workers left. API-only nodes run it without claiming, for the streams they serve inline.
/// </summary>
internal sealed class GenerationWorker(
    Database database, GenerationRunner runner, GenerationEnder ender, GenerationSignals signals,
    GenerationsOptions options, TimeProvider clock, ServerOptions server, ILogger<GenerationWorker> log) : BackgroundService
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);
    private readonly GenerationsOptions _options = options;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.CancelRequested += runner.Cancel;
        List<Task> loops = [RepeatAsync(_options.Renewal, RenewAsync, stoppingToken), RepeatAsync(ProgressEvery, SaveProgressAsync, stoppingToken)];
        if (server.RunsWork)
        {
            loops.Add(ClaimLoopAsync(stoppingToken));
            loops.Add(RepeatAsync(_options.ReapEvery, ReapAsync, stoppingToken));
        }

        return Task.WhenAll(loops);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Leases are renewed until the last run has ended: the loops stop after the drain.
        await runner.DrainAsync();
        await base.StopAsync(cancellationToken);
    }

    private async Task ClaimLoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var claimed = 0;
            var slots = runner.TryReserve(_options.GroupSize);
            try
            {
                claimed = slots > 0 ? await ClaimAsync(slots, ct) : 0;
            }
            catch (Exception e)
            {
                if (!ct.IsCancellationRequested)
                {
                    GenerationsLog.QueueUnreachable(log, e, e.GetType().Name);
                }
            }
            finally
            {
                runner.ReturnUnused(slots - claimed);
            }

            if (claimed == 0)
            {
                await WaitForWorkAsync(ct);
            }
        }
    }

    private async Task<int> ClaimAsync(int slots, CancellationToken ct)
    {
        var rows = await database.TransactAsync(
            DbPurpose.Jobs, s => GenerationStore.ClaimAsync(s, runner.Kinds, slots, signals.Worker, _options.Lease, CancellationToken.None), ct);
        foreach (var row in rows)
        {
            signals.Raise(new GenerationSignal(row.UserId, row.Id, null, "running"));
            runner.Launch(row);
        }

        return rows.Count;
    }

    private async Task WaitForWorkAsync(CancellationToken ct)
    {
        using var poll = CancellationTokenSource.CreateLinkedTokenSource(ct);
        poll.CancelAfter(_options.PollEvery);
        try
        {
            await signals.Queue.ReadAsync(poll.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look anyway: something snoozed or waiting for its next attempt may be due.
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var running = runner.Running.ToList();
        if (running.Count == 0)
        {
            return;
        }

        var held = await database.ReadAsync(
            DbPurpose.Jobs, s => GenerationStore.RenewAsync(s, [.. running.Select(r => r.Claim)], _options.Lease, ct), ct);
        foreach (var run in running)
        {
            if (!held.TryGetValue(run.Id, out var cancel))
            {
                // It may have ended between the list and the statement; then stopping it changes nothing.
                run.Stop(StopReason.LeaseLost);
            }
            else if (cancel)
            {
                run.Stop(StopReason.Canceled);
            }
        }
    }

    private async Task SaveProgressAsync(CancellationToken ct)
    {
        var notes = runner.TakeReported().Select(r => r.Note).ToList();
        if (notes.Count == 0)
        {
            return;
        }

        await database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                await GenerationStore.SaveProgressAsync(s, notes, ct);
                await GenerationStore.NotifyAsync(
                    s, [.. notes.Select(n => GenerationSignals.ProgressPayload(n.Claim.UserId, n.Claim.Id, n.Progress, n.Stage))], ct);
            },
            ct);
    }

    /// <summary>Gives work of dead workers back to the queue, or ends it when it cannot go on.</summary>
    internal async Task<int> ReapAsync(CancellationToken ct)
    {
        var reaped = await database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                var rows = await GenerationStore.FindAbandonedAsync(s, _options.Lease - (_options.Renewal * 1.34), GenerationSignals.WorkerLockClass, ct);
                if (rows.Count > 0)
                {
                    await ender.RecordAsync(s, [.. rows.Select(Verdict)], ct);
                }

                return rows;
            },
            ct);
        if (reaped.Count > 0)
        {
            GenerationsLog.TookOver(log, reaped.Count);
        }

        foreach (var row in reaped)
        {
            signals.Raise(new GenerationSignal(row.UserId, row.Id, null, ""));
        }

        return reaped.Count;
    }

    private EndRequest Verdict(AbandonedRow row)
    {
        var claim = new Claim(row.UserId, row.Id, row.Epoch);
        return row switch
        {
            { CancelRequested: true, Inline: false } => GenerationEnder.Canceled(claim),
            { Inline: true } => GenerationEnder.Failed(claim, new Fault(FaultCodes.Interrupted), row.Checkpoint),
            _ when row.Attempt >= _options.MaxAttempts => GenerationEnder.Failed(claim, new Fault(FaultCodes.AttemptsExhausted, row.Attempt)),
            _ => GenerationEnder.Again(claim, TimeSpan.Zero, counts: true, "queued", "worker lost"),
        };
    }

    private async Task RepeatAsync(TimeSpan every, Func<CancellationToken, Task> body, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await body(ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    // A bad minute of the database, or a bug: either way the loop must go on.
                    GenerationsLog.UpkeepFailed(log, e, body.Method.Name);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }
}
