using AIMake.Credits;
using AIMake.Generations.Queue;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;

namespace AIMake.Generations.Start;

/// <summary>
/// Opens generations, as many in one transaction as arrive together: idempotency keys claimed, ceilings held, rows inserted.
/// Where this process has a free slot the row is born claimed by it, which saves the way through the queue.
/// </summary>
internal sealed class GenerationStarter : IAsyncDisposable
{
    private readonly Database _database;
    private readonly ICreditLedger _ledger;
    private readonly GenerationSignals _signals;
    private readonly GenerationRunner _runner;
    private readonly ServerOptions _server;
    private readonly GenerationsOptions _options;
    private readonly GroupCommit<GenerationOrder, Outcome<Started>> _group;

    public GenerationStarter(
        Database database, ICreditLedger ledger, GenerationSignals signals, GenerationRunner runner, ServerOptions server, GenerationsOptions options)
    {
        (_database, _ledger, _signals, _runner, _server, _options) = (database, ledger, signals, runner, server, options);
        _group = new(_options.GroupSize, StartGroupAsync);
    }

    public Task<Outcome<Started>> StartAsync(GenerationOrder order) => _group.AddAsync(order);

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    /// <summary>What became of one order inside the transaction.</summary>
    private sealed record Verdict(GenerationOrder Order, Outcome<Started> Reply)
    {
        public bool Born => Reply.Ok && !Reply.Value.Replayed;
    }

    private async Task<IReadOnlyList<Outcome<Started>>> StartGroupAsync(IReadOnlyList<GenerationOrder> orders)
    {
        var runnable = orders.Count(Runnable);
        var reserved = runnable > 0 ? _runner.TryReserve(runnable) : 0;
        var launched = new List<GenerationOrder>();
        try
        {
            var verdicts = await _database.TransactAsync(
                DbPurpose.Hot,
                async session =>
                {
                    launched.Clear();
                    var judged = await JudgeAsync(session, orders);
                    Failpoint.Hit("start.held");
                    await InsertAsync(session, judged, reserved, launched);
                    return judged;
                },
                CancellationToken.None);
            Failpoint.Hit("start.committed");
            foreach (var order in launched)
            {
                _runner.Launch(order);
            }

            return [.. verdicts.Select(v => v.Reply)];
        }
        catch
        {
            launched.Clear();
            throw;
        }
        finally
        {
            _runner.ReturnUnused(reserved - launched.Count);
        }
    }

    private bool Runnable(GenerationOrder order) => _server.RunsWork && !order.Inline && _runner.Handles(order.Kind);

    /// <summary>Keys first, then money: a replayed request must not need funds again. Keys of the refused are given back.</summary>
    private async Task<IReadOnlyList<Verdict>> JudgeAsync(DbSession session, IReadOnlyList<GenerationOrder> orders)
    {
        var replies = await ClaimKeysAsync(session, orders);
        var open = orders.Where(o => !replies.ContainsKey(o.Id)).ToList();
        var holds = await _ledger.HoldAsync(
            session, [.. open.Select(o => new HoldOrder(o.Id, o.UserId, o.Quote.Ceiling, Lease: null, o.Budget))], CancellationToken.None);
        var refused = new List<GenerationOrder>();
        foreach (var (order, hold) in open.Zip(holds))
        {
            replies[order.Id] = hold.Fault is { } fault ? fault : new Started(order.Id, Replayed: false);
            if (hold.Fault is not null && order.Idempotency is not null)
            {
                refused.Add(order);
            }
        }

        if (refused.Count > 0)
        {
            await IdempotencyKeys.ReleaseAsync(
                session, [.. refused.Select(o => o.UserId)], [.. refused.Select(o => o.Id)], CancellationToken.None);
        }

        return [.. orders.Select(o => new Verdict(o, replies[o.Id]))];
    }

    /// <returns>Answers of those whose key was known already.</returns>
    private static async Task<Dictionary<Guid, Outcome<Started>>> ClaimKeysAsync(DbSession session, IReadOnlyList<GenerationOrder> orders)
    {
        var known = new Dictionary<Guid, Outcome<Started>>();
        var keyed = orders.Where(o => o.Idempotency is not null).ToList();
        if (keyed.Count == 0)
        {
            return known;
        }

        var rows = await IdempotencyKeys.ClaimAsync(
            session, [.. keyed.Select(o => (o.UserId, o.Idempotency!.Key, o.Idempotency.RequestHash, o.Id))], CancellationToken.None);
        var byKey = rows.ToDictionary(r => (r.UserId, r.Key));
        foreach (var order in keyed)
        {
            var row = byKey[(order.UserId, order.Idempotency!.Key)];
            if (row.GenerationId != order.Id)
            {
                known[order.Id] = row.RequestHash.AsSpan().SequenceEqual(order.Idempotency.RequestHash)
                    ? new Started(row.GenerationId, Replayed: true)
                    : new Fault(FaultCodes.IdempotencyKeyReused);
            }
        }

        return known;
    }

    private async Task InsertAsync(DbSession session, IReadOnlyList<Verdict> verdicts, int reserved, List<GenerationOrder> launched)
    {
        var born = verdicts.Where(v => v.Born).Select(v => v.Order).ToList();
        if (born.Count == 0)
        {
            return;
        }

        foreach (var order in born.Where(Runnable).Take(reserved))
        {
            launched.Add(order);
        }

        var mine = launched.Select(o => o.Id).ToHashSet();
        await GenerationStore.InsertAsync(
            session, born, [.. born.Select(o => o.Inline || mine.Contains(o.Id))], _signals.Worker, _options.Lease, CancellationToken.None);
        foreach (var record in born.Select(o => o.Record).OfType<Func<DbSession, CancellationToken, Task>>())
        {
            await record(session, CancellationToken.None);
        }

        var payloads = born.Select(o => GenerationSignals.TransitionPayload(o.UserId, o.Id)).ToHashSet();
        if (born.Any(o => !o.Inline && !mine.Contains(o.Id)))
        {
            payloads.Add(GenerationSignals.QueuePayload);
        }

        await GenerationStore.NotifyAsync(session, payloads, CancellationToken.None);
    }
}
