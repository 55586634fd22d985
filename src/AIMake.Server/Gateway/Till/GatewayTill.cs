using System.Collections.Concurrent;
using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Usage;

namespace AIMake.Gateway.Till;

/// <summary>
/// Money of calls that are answered at once. Opening sets the ceiling aside, closing charges and writes the usage, both
/// durably and in groups: calls that arrive together share a commit. While a call lasts, its hold is kept alive and its
/// checkpoint brought up to date; should this process die, the ledger's sweeper charges the checkpoint. A charge that cannot be
/// written because the database is away is tried again until it can.
/// </summary>
internal sealed class GatewayTill(Database database, ICreditLedger ledger, IUsageBook usage, GatewayOptions options, TimeProvider time, ILogger<GatewayTill> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, Ticket> _open = new();
    private readonly ConcurrentQueue<TicketEnd> _late = new();
    private GroupCommit<HoldOrder, Fault?>? _opening;
    private GroupCommit<TicketEnd, Done>? _closing;

    /// <summary>Sets <paramref name="ceiling"/> aside. Faults: INSUFFICIENT_CREDITS, DEBT_OUTSTANDING, KEY_LIMIT_REACHED, DATABASE_UNAVAILABLE.</summary>
    public async Task<Outcome<Ticket>> OpenAsync(CurrentCaller caller, Micro ceiling)
    {
        var now = time.GetUtcNow();
        var ticket = new Ticket
        {
            Operation = Guid.CreateVersion7(now), UserId = caller.UserId, ApiKeyId = caller.ApiKey?.Id, Ceiling = ceiling, Opened = time.GetTimestamp(),
        };
        _open[ticket.Operation] = ticket;
        try
        {
            LazyInitializer.EnsureInitialized(ref _opening, () => new(options.GroupSize, HoldGroupAsync));
            if (await _opening.AddAsync(new HoldOrder(ticket.Operation, caller.UserId, ceiling, options.Lease, caller.BudgetAt(now))) is not { } fault)
            {
                return ticket;
            }

            _open.TryRemove(ticket.Operation, out _);
            return fault;
        }
        catch
        {
            _open.TryRemove(ticket.Operation, out _);
            throw;
        }
    }

    /// <summary>Charges what the call came to, at most its ceiling, and writes the event. Answers what was charged.</summary>
    public async Task<Micro> ChargeAsync(Ticket ticket, Micro charge, UsageEvent written)
    {
        charge = Micro.Min(charge, ticket.Ceiling);
        await CloseAsync(new TicketEnd(ticket, charge, written with { Charged = charge }));
        return charge;
    }

    /// <summary>Frees what was set aside: no result, no charge.</summary>
    public Task VoidAsync(Ticket ticket) => CloseAsync(new TicketEnd(ticket, Micro.Zero, null));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RetryLateAsync();
        if (_opening is not null) await _opening.DisposeAsync();
        if (_closing is not null) await _closing.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckpointEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RenewAsync(stoppingToken);
                await RetryLateAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                GatewayLog.RoundFailed(log, e); // the database is away; the next round tries again
            }
        }
    }

    private async Task CloseAsync(TicketEnd end)
    {
        try
        {
            LazyInitializer.EnsureInitialized(ref _closing, () => new(options.GroupSize, CloseGroupAsync));
            await _closing.AddAsync(end);
            _open.TryRemove(end.Ticket.Operation, out _);
        }
        catch (DatabaseFaultException e)
        {
            GatewayLog.ChargeDelayed(log, e, end.Ticket.Operation);
            _late.Enqueue(end);
        }
    }

    private async Task<IReadOnlyList<Fault?>> HoldGroupAsync(IReadOnlyList<HoldOrder> orders)
    {
        // One statement, and nothing is lost with it: the settlement that follows is durable, and sets the credits aside anew
        // should a crash of the database have forgotten that they were.
        var replies = await database.ReadAsync(DbPurpose.Fleeting, session => ledger.HoldAsync(session, orders, CancellationToken.None), CancellationToken.None);
        Failpoint.Hit("gateway.held");
        return [.. replies.Select(r => r.Fault)];
    }

    private async Task<IReadOnlyList<Done>> CloseGroupAsync(IReadOnlyList<TicketEnd> ends)
    {
        try
        {
            await database.PipelineAsync(DbPurpose.Hot, session => WriteAsync(session, ends), CancellationToken.None);
        }
        catch (Exception e) when (ends is [{ Event: not null } one] && CreditLedger.IsUnknownHold(e))
        {
            await HoldAgainAsync(one);
        }

        Failpoint.Hit("gateway.settled");
        return new Done[ends.Count];
    }

    /// <summary>What the sweeper charged meanwhile stays as it is: a settlement that comes too late changes nothing.</summary>
    private Task WriteAsync(DbSession session, IReadOnlyList<TicketEnd> ends)
    {
        var charged = ends.Where(e => e.Event is not null).ToList();
        return Task.WhenAll(
            ledger.SettleAsync(session, [.. charged.Select(e => new Settlement(e.Ticket.Operation, e.Charge, e.Event!.Kind))], CancellationToken.None),
            usage.RecordAsync(session, [.. charged.Select(e => e.Event!)], CancellationToken.None),
            ledger.VoidAsync(session, [.. ends.Where(e => e.Event is null).Select(e => e.Ticket.Operation)], CancellationToken.None));
    }

    /// <summary>The hold went down with the database: what was delivered is charged as far as the balance goes.</summary>
    private Task HoldAgainAsync(TicketEnd end)
    {
        GatewayLog.HoldForgotten(log, end.Ticket.Operation);
        return database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                var order = new HoldOrder(end.Ticket.Operation, end.Ticket.UserId, end.Charge, options.Lease);
                var held = await ledger.HoldAsync(session, [order], CancellationToken.None);
                var paid = held[0].Fault is null;
                await usage.RecordAsync(session, [paid ? end.Event! : end.Event! with { Charged = Micro.Zero }], CancellationToken.None);
                if (paid)
                {
                    await ledger.SettleAsync(session, [new Settlement(end.Ticket.Operation, end.Charge, end.Event!.Kind)], CancellationToken.None);
                }
            },
            CancellationToken.None);
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var lasting = _open.Values.Where(t => time.GetElapsedTime(t.Opened) >= options.CheckpointEvery).ToList();
        if (lasting.Count > 0)
        {
            await database.TransactAsync(
                DbPurpose.Jobs, session => ledger.RenewAsync(session, [.. lasting.Select(t => (t.Operation, t.Delivered))], options.Lease, ct), ct);
        }
    }

    private async Task RetryLateAsync()
    {
        for (var left = _late.Count; left > 0 && _late.TryDequeue(out var end); left--)
        {
            await CloseAsync(end);
        }
    }
}
