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

    private readonly CopyGate _copies = new(time);

    /// <summary>Takes in an event whose signature is right. When this returns it is kept, and its effect too or the time of the next attempt.</summary>
    /// <returns>Whether it changed anything now.</returns>
    public async Task<bool> ReceiveAsync(string provider, SignedEvent signed, byte[] body, CancellationToken ct)
    {
        var settled = default(Settled);
        await _copies.PassAsync($"{provider}:{signed.Id}", async () => (settled = await TakeInAsync(provider, signed, body, ct)).Done, ct);
        return settled.Applied;
    }

    /// <summary>What the provider could not bring, brought now: kept and given its effect like any other.</summary>
    /// <returns>How many changed anything.</returns>
    /// <exception cref="Exception">The provider cannot list them.</exception>
    public async Task<int> TakeMissedAsync(string provider, DateTimeOffset since, CancellationToken ct)
    {
        var applied = 0;
        foreach (var missed in _readers.TryGetValue(provider, out var reader) ? await reader.MissedAsync(since, ct) : [])
        {
            applied += await ReceiveAsync(provider, missed.Event, missed.Body, ct) ? 1 : 0;
        }

        return applied;
    }

    /// <summary>Keeps what was found and fits nobody for a person, unless an event of the same waits already.</summary>
    /// <param name="waitsFor">As in what became of it; null for what contradicts an order.</param>
    public async Task KeepAsync(string provider, MissedEvent found, string? waitsFor, CancellationToken ct)
    {
        if (waitsFor is null || !await database.ReadAsync(DbPurpose.Jobs, s => InboxStore.IsAwaitedAsync(s, provider, waitsFor, ct), ct))
        {
            await ReceiveAsync(provider, found.Event, found.Body, ct);
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

    /// <summary>Drives one event again, processed or not. Faults: NOT_FOUND, also for one whose user has left.</summary>
    public async Task<Outcome<InboxRow>> ReplayAsync(Guid id, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct);
        if (row is not { Body.Length: > 0 })
        {
            return new Fault(FaultCodes.NotFound); // a body that was forgotten says nothing
        }

        await DriveAsync(row, ct);
        return (await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct))!;
    }

    /// <summary>Gives an event to an order that a person named. Faults: NOT_FOUND, ORDER_NOT_MATCHED, EVENT_TAKEN.</summary>
    /// <param name="note">Runs in the transaction in which it takes effect.</param>
    public Task<Outcome<Done>> MatchAsync(Guid id, Guid orderId, Func<DbSession, Task> note, CancellationToken ct) =>
        GiveAsync(id, f => For(f, orderId), s => s.Order is null || s.Order == orderId, note, ct);

    /// <summary>Gives a sale that names nobody to a user that a person named. Faults: NOT_FOUND, ORDER_NOT_MATCHED, EVENT_TAKEN.</summary>
    /// <param name="note">Runs in the transaction in which it takes effect.</param>
    public Task<Outcome<Done>> AssignAsync(Guid id, Guid user, Func<DbSession, Task> note, CancellationToken ct) =>
        GiveAsync(id, f => By(f, user), s => s.User is null || s.User == user, note, ct);

    /// <summary>What an event says was paid; null when it is not about that, or cannot be read.</summary>
    public PackagePaid? SaleOf(InboxRow row)
    {
        try
        {
            return _readers.TryGetValue(row.Provider, out var reader) ? reader.Read(row.Body).OfType<PackagePaid>().FirstOrDefault() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="isMeant">Whether what it counted for is what the person named.</param>
    private async Task<Outcome<Done>> GiveAsync(Guid id, Func<PaymentFact, PaymentFact> give, Func<Settled, bool> isMeant, Func<DbSession, Task> note, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct);
        if (row is not { Body.Length: > 0 } || !_readers.TryGetValue(row.Provider, out var reader))
        {
            return new Fault(FaultCodes.NotFound);
        }

        var facts = (await reader.ReadThoroughlyAsync(row.Body, ct)).Select(give).ToList();
        var outcome = await database.TryTransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                if (await InboxStore.LockAsync(s, id, ct) is not { } locked || facts.Count == 0)
                {
                    return (Outcome<bool>)new Fault(FaultCodes.NotFound);
                }

                var settled = await SettleAsync(s, locked, facts, ct);
                var after = (await InboxStore.FindAsync(s, id, ct))!;
                if (after.Outcome != "applied")
                {
                    return new Fault(FaultCodes.OrderNotMatched, after.Error ?? "");
                }

                if (!isMeant(settled) || (locked.Outcome == "applied" && !settled.Applied))
                {
                    return new Fault(FaultCodes.EventTaken, (settled.Order ?? locked.OrderId)?.ToString() ?? "?"); // nothing of this stays
                }

                await note(s);
                return settled.Woke;
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

    private static PaymentFact By(PaymentFact fact, Guid user) => fact switch
    {
        PackagePaid { Unordered: { } sale } paid => paid with { Unordered = sale with { UserId = user } },
        PeriodPaid paid => paid with { UserId = user },
        SubscriptionSeen seen => seen with { UserId = user },
        _ => fact,
    };

    private async Task<Settled> TakeInAsync(string provider, SignedEvent signed, byte[] body, CancellationToken ct)
    {
        var settled = default(Settled);
        try
        {
            settled = await database.TransactAsync(
                DbPurpose.Admin,
                async s =>
                {
                    var row = await InboxStore.InsertAsync(s, provider, signed, body, time.GetUtcNow(), ct);
                    if (row is null && await InboxStore.IsProcessedAsync(s, provider, signed.Id, ct))
                    {
                        return Settled.Before; // most copies come that late: they need no lock
                    }

                    row ??= await InboxStore.LockAsync(s, provider, signed.Id, ct);
                    Failpoint.Hit("inbox.stored");
                    return row.ProcessedAt is null ? await SettleAsync(s, row, _readers[provider].Read(row.Body), ct) : Settled.Before;
                },
                ct);
            Failpoint.Hit("inbox.committed");
        }
        catch (Exception e) when (e is not (DatabaseFaultException or OperationCanceledException))
        {
            await KeepFailedAsync(provider, signed, body, e, ct);
        }

        if (settled.Woke)
        {
            await DriveAsync(ct);
        }

        return settled;
    }

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
                async s => await InboxStore.LockAsync(s, row.Id, ct) is { } locked && (await SettleAsync(s, locked, facts, ct)).Woke,
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
    private async Task<Settled> SettleAsync(DbSession session, InboxRow row, IReadOnlyList<PaymentFact> facts, CancellationToken ct)
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

        if (results.Any(r => r.UserIsGone))
        {
            await InboxStore.ForgetOneAsync(session, row.Id, ct);
        }

        var woke = results.Any(r => r.Woke) || (row.Attempts == 0 && results.Any(r => r.Verdict is FactVerdict.Waits) && !results.Any(r => r.Verdict is FactVerdict.Refused));
        var done = results.Any(r => r.Verdict is FactVerdict.Refused) || !results.Any(r => r.Verdict is FactVerdict.Waits);
        return new Settled(woke, results.Any(r => r.Verdict is FactVerdict.Applied), done) { Order = order, User = user };
    }

    /// <param name="Woke">Something is due now: others that waited for it, or itself, to be asked about for the first time.</param>
    /// <param name="Applied">Something took effect.</param>
    /// <param name="Done">Another copy of it can change nothing.</param>
    private readonly record struct Settled(bool Woke, bool Applied, bool Done)
    {
        /// <summary>What it counted for; null where it is about none, or is not known.</summary>
        public Guid? Order { get; init; }

        /// <summary>Whom it counted for.</summary>
        public Guid? User { get; init; }

        public static readonly Settled Before = new(Woke: false, Applied: false, Done: true);
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
