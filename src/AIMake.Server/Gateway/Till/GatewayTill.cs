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
/// written because the database is away is tried again until it can. Short calls of a busy user share an advance, see
/// <see cref="Advances"/>.
/// </summary>
internal sealed class GatewayTill(
    Database database, ICreditLedger ledger, IUsageBook usage, Advances advances, GatewayOptions options, TimeProvider time, ILogger<GatewayTill> log)
    : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Guid, Ticket> _open = new();
    private readonly ConcurrentQueue<TicketEnd> _late = new();
    private GroupCommit<HoldOrder, Fault?>? _opening;
    private GroupCommit<TicketEnd, Done>? _closing;

    /// <summary>Sets <paramref name="ceiling"/> aside. Faults: INSUFFICIENT_CREDITS, DEBT_OUTSTANDING, KEY_LIMIT_REACHED, DATABASE_UNAVAILABLE.</summary>
    /// <param name="lasting">The answer is delivered bit by bit and charged so far as it was, should this process die.</param>
    public async Task<Outcome<Ticket>> OpenAsync(CurrentCaller caller, Micro ceiling, bool lasting = true)
    {
        var now = time.GetUtcNow();
        var budget = caller.BudgetAt(now);
        var ticket = new Ticket
        {
            Operation = Guid.CreateVersion7(now), UserId = caller.UserId, ApiKeyId = caller.ApiKey?.Id, Ceiling = ceiling, Opened = time.GetTimestamp(),
            Advance = lasting || budget is not null || ceiling == Micro.Zero ? null : advances.Take(caller.UserId, ceiling),
        };
        if (ticket.Advance is not null)
        {
            return ticket;
        }

        var order = new HoldOrder(ticket.Operation, caller.UserId, ceiling, options.Lease, budget);
        var fault = await HoldAsync(ticket, order);
        if (fault?.Code == FaultCodes.InsufficientCredits && await advances.ReturnAsync(caller.UserId, CancellationToken.None))
        {
            fault = await HoldAsync(ticket, order); // what was set aside ahead and not needed may be just what was missing
        }

        return fault is null ? ticket : fault;
    }

    /// <summary>Charges what the call came to, at most its ceiling, and writes the event. Answers what was charged.</summary>
    public async Task<Micro> ChargeAsync(Ticket ticket, Micro charge, UsageEvent written)
    {
        charge = Micro.Min(charge, ticket.Ceiling);
        if (ticket.TryEnd())
        {
            await CloseAsync(new TicketEnd(ticket, charge, written with { Charged = charge }));
        }

        return charge;
    }

    /// <summary>Frees what was set aside: no result, no charge. A charge that stands already is left alone.</summary>
    public Task VoidAsync(Ticket ticket)
    {
        if (!ticket.TryEnd())
        {
            return Task.CompletedTask;
        }

        if (ticket.Advance is { } advance)
        {
            advances.Give(advance, ticket.Ceiling, Micro.Zero);
            return Task.CompletedTask;
        }

        return CloseAsync(new TicketEnd(ticket, Micro.Zero, null));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RetryLateAsync();
        await EndAdvancesAsync();
        if (_opening is not null) await _opening.DisposeAsync();
        if (_closing is not null) await _closing.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round < options.CheckpointEvery ? Round : options.CheckpointEvery, time);
        var renewed = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await advances.RoundAsync(stoppingToken);
                if (time.GetElapsedTime(renewed) >= options.CheckpointEvery)
                {
                    renewed = time.GetTimestamp();
                    await RenewAsync(stoppingToken);
                    await RetryLateAsync();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                GatewayLog.RoundFailed(log, e); // the database is away; the next round tries again
            }
        }
    }

    private async Task<Fault?> HoldAsync(Ticket ticket, HoldOrder order)
    {
        _open[ticket.Operation] = ticket;
        var held = false;
        try
        {
            LazyInitializer.EnsureInitialized(ref _opening, () => new(options.GroupSize, HoldGroupAsync));
            var fault = await _opening.AddAsync(order);
            held = fault is null;
            return fault;
        }
        finally
        {
            if (!held)
            {
                _open.TryRemove(ticket.Operation, out _);
            }
        }
    }

    private async Task CloseAsync(TicketEnd end)
    {
        try
        {
            LazyInitializer.EnsureInitialized(ref _closing, () => new(options.GroupSize, CloseGroupAsync));
            await _closing.AddAsync(end);
            Closed(end);
        }
        catch (DatabaseFaultException e)
        {
            GatewayLog.ChargeDelayed(log, e, end.Ticket.Operation);
            _late.Enqueue(end);
        }
        catch
        {
            _open.TryRemove(end.Ticket.Operation, out _); // nobody keeps the hold alive: the sweeper ends it
            throw;
        }
    }

    private void Closed(TicketEnd end)
    {
        _open.TryRemove(end.Ticket.Operation, out _);
        if (end.Ticket.Advance is { } advance)
        {
            advances.Give(advance, end.Ticket.Ceiling, end.Charge);
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
            await database.PipelineAsync(DbPurpose.Till, session => WriteAsync(session, ends), CancellationToken.None);
        }
        catch (Exception e) when (ends is [{ Event: not null } one] && CreditLedger.IsUnknownHold(e))
        {
            if (one.Ticket.Advance is { } advance)
            {
                Advances.Lost(advance);
            }

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
            ledger.DrawAsync(session, [.. charged.Where(IsDrawn).Select(e => new Draw(e.Ticket.Advance!.Id, e.Ticket.Operation, e.Charge, e.Event!.Kind))], CancellationToken.None),
            ledger.SettleAsync(session, [.. charged.Where(e => e.Ticket.Advance is null).Select(e => new Settlement(e.Ticket.Operation, e.Charge, e.Event!.Kind))], CancellationToken.None),
            usage.RecordAsync(session, [.. charged.Select(e => e.Event!)], CancellationToken.None),
            usage.DropNotesAsync(session, [.. ends.Where(e => e.Ticket.Noted).Select(e => e.Ticket.Operation)], CancellationToken.None),
            ledger.VoidAsync(session, [.. ends.Where(e => e.Event is null).Select(e => e.Ticket.Operation)], CancellationToken.None));
    }

    private static bool IsDrawn(TicketEnd end) => end.Ticket.Advance is not null && end.Charge > Micro.Zero;

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
        await advances.RenewAsync(ct);
        var lasting = _open.Values.Select(t => (Ticket: t, SoFar: t.SoFar()))
            .Where(t => t.SoFar is not null || time.GetElapsedTime(t.Ticket.Opened) >= options.CheckpointEvery).ToList();
        if (lasting.Count > 0)
        {
            lasting.ForEach(t => t.Ticket.Noted |= t.SoFar is not null); // before it is: whoever ends the call meanwhile takes it away
            await database.TransactAsync(DbPurpose.Jobs, session => WriteSoFarAsync(session, lasting, ct), ct);
            // Calls that ended meanwhile may have taken their notes away before they were written.
            Guid[] over = [.. lasting.Select(t => t.Ticket.Operation).Where(o => !_open.ContainsKey(o))];
            if (over.Length > 0)
            {
                await database.TransactAsync(DbPurpose.Jobs, session => usage.DropNotesAsync(session, over, ct), ct);
            }
        }
    }

    private async Task WriteSoFarAsync(DbSession session, List<(Ticket Ticket, (Micro Checkpoint, UsageEvent Event)? SoFar)> lasting, CancellationToken ct)
    {
        await ledger.RenewAsync(session, [.. lasting.Select(t => (t.Ticket.Operation, t.SoFar?.Checkpoint ?? Micro.Zero))], options.Lease, ct);
        await usage.NoteAsync(session, [.. lasting.Select(t => t.SoFar?.Event).OfType<UsageEvent>()], ct);
    }

    private async Task EndAdvancesAsync()
    {
        try
        {
            await advances.EndAsync(CancellationToken.None);
        }
        catch (DatabaseFaultException e)
        {
            GatewayLog.RoundFailed(log, e); // their leases run out, and the sweeper posts what was drawn
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
