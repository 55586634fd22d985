using AIMake.Payments.Orders;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>Disputes, and the word of a person on how one ended whose provider does not tell.</summary>
internal sealed class DisputeDesk(Database database, Fulfilment fulfilment, PaymentProviders providers, IAuditLog audit, TimeProvider time)
{
    public async Task<Page<DisputeView>> ListAsync(string? state, Guid? order, PageRequest<DisputeKey> page, CancellationToken ct)
    {
        var rows = await database.ReadAsync(DbPurpose.Admin, s => DisputeStore.AllAsync(s, state, order, page.After, page.Take, ct), ct);
        return page.ToPage(rows, r => new DisputeKey(r.CreatedAt, r.DisputeId), View);
    }

    /// <summary>
    /// Won gives the credits back, lost keeps them. It is final, like a provider's own word. Faults: NOT_FOUND, DISPUTE_DECIDED,
    /// DISPUTE_FOLLOWS_PROVIDER.
    /// </summary>
    public Task<Outcome<DisputeView>> DecideAsync(string provider, string dispute, bool won, string reason, Guid by, CancellationToken ct) =>
        database.TryTransactAsync(DbPurpose.Admin, s => DecideAsync(s, provider, dispute, won, reason, by, ct), ct);

    private async Task<Outcome<DisputeView>> DecideAsync(DbSession session, string provider, string dispute, bool won, string reason, Guid by, CancellationToken ct)
    {
        if (await DisputeStore.FindAsync(session, provider, dispute, ct) is not { } named || await PaymentStore.LockAsync(session, provider, named.Payment, ct) is null
            || await DisputeStore.FindAsync(session, provider, dispute, ct) is not { } row)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (!row.IsOpen)
        {
            return new Fault(FaultCodes.DisputeDecided);
        }

        if (providers.TellsDisputes(provider))
        {
            return new Fault(FaultCodes.DisputeFollowsProvider, provider);
        }

        var fact = new MoneyDisputed(row.DisputeId, row.Payment, row.Amount, row.Paid, won ? DisputeState.Won : DisputeState.Lost, time.GetUtcNow());
        await fulfilment.ApplyAsync(session, provider, fact, ct);
        await DisputeStore.SignAsync(session, provider, dispute, by, reason, ct);
        await audit.WriteAsync(
            session,
            AuditEntry.Of(AuditActions.DisputeDecided, "dispute", dispute, ("provider", provider), ("outcome", won ? "won" : "lost"), ("payment", row.PaymentId.ToString()), ("reason", reason)),
            ct);
        return View((await DisputeStore.FindAsync(session, provider, dispute, ct))!);
    }

    private DisputeView View(DisputeRow row) => new(
        row.Provider, row.DisputeId, row.OrderId, row.UserId, row.Item, row.Amount, row.Currency, row.State, row.IsOpen && !providers.TellsDisputes(row.Provider), row.CreatedAt,
        row.UpdatedAt, row.DecidedBy, row.Reason);
}

/// <summary>A buyer's bank asked money back.</summary>
/// <param name="DisputeId">The provider's; <c>unnamed:…</c> where only the money was seen to go.</param>
/// <param name="OrderId">Null for a later period of a plan.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="State"><c>inquiry</c> (no money has moved), <c>open</c>, <c>won</c>, <c>lost</c>.</param>
/// <param name="ByHand">Its provider does not tell how it ends: a person may.</param>
/// <param name="DecidedBy">The administrator who said how it ended; null where the provider did.</param>
public sealed record DisputeView(
    string Provider, string DisputeId, Guid? OrderId, Guid UserId, string Item, long Amount, string Currency, string State, bool ByHand, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, Guid? DecidedBy, string? Reason);

/// <summary>How a dispute ended.</summary>
/// <param name="Outcome"><c>won</c> or <c>lost</c>.</param>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record DecideDisputeRequest(string Outcome, string Reason);
