using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Inbox;

/// <summary>
/// Keeps every event and gives it its effect: once, in the transaction that says so. A row that is there is not a row that is done;
/// only <c>processed_at</c> tells. What fails or comes too early is parked and driven again, after ever longer pauses and as soon as
/// what it waits for arrives.
/// </summary>
internal sealed class WebhookInbox(Database database, Fulfilment fulfilment, IEnumerable<IWebhookReader> readers, TimeProvider time, ILogger<WebhookInbox> log)
{
    /// <summary>Pauses between attempts, the first of which asked nobody; then only a person drives it.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(24), TimeSpan.FromHours(24), TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, IWebhookReader> _readers = readers.ToDictionary(r => r.Provider, StringComparer.Ordinal);

    /// <summary>Takes in an event whose signature is right. When this returns it is kept, and its effect too or the time of the next attempt.</summary>
    public async Task ReceiveAsync(string provider, SignedEvent signed, byte[] body, CancellationToken ct)
    {
        // Most copies of an event come after it has had its effect: they need no lock.
        if (await database.ReadAsync(DbPurpose.Admin, s => InboxStore.IsProcessedAsync(s, provider, signed.Id, ct), ct))
        {
            return;
        }

        var woke = false;
        try
        {
            woke = await database.TransactAsync(
                DbPurpose.Admin,
                async s =>
                {
                    await InboxStore.InsertAsync(s, provider, signed, body, time.GetUtcNow(), ct);
                    var row = await InboxStore.LockAsync(s, provider, signed.Id, ct);
                    Failpoint.Hit("inbox.stored");
                    return row.ProcessedAt is null && await SettleAsync(s, row, _readers[provider].Read(row.Body), ct);
                },
                ct);
            Failpoint.Hit("inbox.committed");
        }
        catch (Exception e) when (e is not (DatabaseFaultException or OperationCanceledException))
        {
            await KeepFailedAsync(provider, signed, body, e, ct);
        }

        if (woke)
        {
            await DriveAsync(ct);
        }
    }

    /// <summary>Drives what is due, one after the other.</summary>
    /// <returns>How many were driven.</returns>
    public async Task<int> DriveAsync(CancellationToken ct)
    {
        for (var driven = 0; ; driven++)
        {
            var now = time.GetUtcNow();
            var row = await database.TransactAsync(DbPurpose.Jobs, s => InboxStore.ClaimAsync(s, now, now + Lease, ct), ct);
            if (row is null || driven >= 1_000)
            {
                return driven;
            }

            await DriveAsync(row, ct);
        }
    }

    /// <summary>Drives one event again, processed or not. Faults: NOT_FOUND.</summary>
    public async Task<Outcome<InboxRow>> ReplayAsync(Guid id, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct);
        if (row is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        await DriveAsync(row, ct);
        return (await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct))!;
    }

    /// <summary>Gives an event to an order that a person named. Faults: NOT_FOUND, ORDER_NOT_MATCHED.</summary>
    public async Task<Outcome<Done>> MatchAsync(Guid id, Guid orderId, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct);
        if (row is null || !_readers.TryGetValue(row.Provider, out var reader))
        {
            return new Fault(FaultCodes.NotFound);
        }

        var facts = (await reader.ReadThoroughlyAsync(row.Body, ct)).Select(f => For(f, orderId)).ToList();
        var outcome = await database.TryTransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                if (await InboxStore.LockAsync(s, id, ct) is not { } locked || facts.Count == 0)
                {
                    return (Outcome<bool>)new Fault(FaultCodes.NotFound);
                }

                var woke = await SettleAsync(s, locked, facts, ct);
                var after = (await InboxStore.FindAsync(s, id, ct))!;
                return after.Outcome == "applied" ? woke : new Fault(FaultCodes.OrderNotMatched, after.Error ?? "");
            },
            ct);
        if (outcome is { Ok: true, Value: true })
        {
            await DriveAsync(ct);
        }

        return outcome.Select(_ => Done.Value);
    }

    private static PaymentFact For(PaymentFact fact, Guid order) => fact switch
    {
        PackagePaid paid => paid with { Keys = paid.Keys with { OrderId = order }, Unordered = null },
        PeriodPaid paid => paid with { Keys = paid.Keys with { OrderId = order } },
        SubscriptionSeen seen => seen with { Keys = seen.Keys with { OrderId = order } },
        _ => fact,
    };

    private async Task DriveAsync(InboxRow row, CancellationToken ct)
    {
        var woke = false;
        try
        {
            if (!_readers.TryGetValue(row.Provider, out var reader))
            {
                throw new InvalidOperationException("Its provider is not set up any more.");
            }

            var facts = await reader.ReadThoroughlyAsync(row.Body, ct); // may ask the provider: outside the transaction
            woke = await database.TransactAsync(
                DbPurpose.Jobs,
                async s => await InboxStore.LockAsync(s, row.Id, ct) is { } locked && await SettleAsync(s, locked, facts, ct),
                ct);
        }
        catch (Exception e) when (e is not (DatabaseFaultException or OperationCanceledException))
        {
            PaymentsLog.EventFailed(log, e, row.EventId, row.Provider, row.Attempts + 1);
            await database.TransactAsync(DbPurpose.Jobs, s => ParkAsync(s, row, Reason(e), null, null, null, ct), ct);
        }

        if (woke)
        {
            await DriveAsync(ct);
        }
    }

    /// <summary>Applies what a locked event says and writes down what became of it.</summary>
    /// <returns>Whether something is due now: others that waited for it, or itself, to be asked about for the first time.</returns>
    private async Task<bool> SettleAsync(DbSession session, InboxRow row, IReadOnlyList<PaymentFact> facts, CancellationToken ct)
    {
        var results = new List<FactResult>();
        foreach (var fact in facts)
        {
            results.Add(await fulfilment.ApplyAsync(session, row.Provider, fact, ct));
        }

        var order = results.Select(r => r.OrderId).FirstOrDefault(o => o is not null);
        var user = results.Select(r => r.UserId).FirstOrDefault(u => u is not null);
        if (results.FirstOrDefault(r => r.Verdict is FactVerdict.Refused) is { } refused)
        {
            PaymentsLog.EventRefused(log, row.EventId, row.Provider, refused.Why!);
            await InboxStore.EndAsync(session, row.Id, "refused", refused.Why, user, order, time.GetUtcNow(), ct);
        }
        else if (results.FirstOrDefault(r => r.Verdict is FactVerdict.Waits) is { } waits)
        {
            PaymentsLog.EventParked(log, row.EventId, row.Provider, waits.Why!);
            await ParkAsync(session, row, waits.Why!, waits.WaitsFor, user, order, ct);
        }
        else
        {
            await InboxStore.EndAsync(session, row.Id, results.Count > 0 ? "applied" : "nothing", null, user, order, time.GetUtcNow(), ct);
        }

        return results.Any(r => r.Woke) || (row.Attempts == 0 && results.Any(r => r.Verdict is FactVerdict.Waits) && !results.Any(r => r.Verdict is FactVerdict.Refused));
    }

    private Task<int> ParkAsync(DbSession session, InboxRow row, string why, string? waitsFor, Guid? user, Guid? order, CancellationToken ct) => InboxStore.ParkAsync(
        session, row.Id, why.Length > 500 ? why[..500] : why, waitsFor, row.Attempts < Pauses.Length ? time.GetUtcNow() + Pauses[row.Attempts] : null, user, order, ct);

    /// <summary>What went wrong is ours to mend: the event is kept, and thanked for.</summary>
    private async Task KeepFailedAsync(string provider, SignedEvent signed, byte[] body, Exception failure, CancellationToken ct)
    {
        PaymentsLog.EventFailed(log, failure, signed.Id, provider, 1);
        await database.TransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                await InboxStore.InsertAsync(s, provider, signed, body, time.GetUtcNow(), ct);
                var row = await InboxStore.LockAsync(s, provider, signed.Id, ct);
                if (row.ProcessedAt is null)
                {
                    await ParkAsync(s, row, Reason(failure), null, null, null, ct);
                }
            },
            ct);
    }

    /// <summary>Names of types only: messages may quote the body.</summary>
    private static string Reason(Exception e) => e is JsonException { Path: { } path } ? $"unreadable at {path}" : e.GetType().Name;
}
