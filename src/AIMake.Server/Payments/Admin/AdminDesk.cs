using System.Globalization;
using AIMake.Catalog;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>What people do by hand where the machinery cannot know.</summary>
internal sealed class AdminDesk(
    Database database, Fulfilment fulfilment, OrderDesk desk, RefundDesk refunds, WebhookInbox inbox, LiveCatalog catalog, IAuditLog audit, ILogger<AdminDesk> log)
{
    public async Task<Page<AdminOrderView>> OrdersAsync(string? state, string? provider, Guid? user, PageRequest<OrderKey> page, string language, CancellationToken ct)
    {
        var (orders, payments) = await database.ReadAsync(
            DbPurpose.Admin,
            async s =>
            {
                var rows = await OrderStore.AllAsync(s, state, provider, user, page.After?.Id, page.Take, ct);
                return (rows, await PaymentStore.OfOrdersAsync(s, [.. rows.Select(r => r.Id)], ct));
            },
            ct);
        var paid = payments.ToDictionary(p => p.OrderId!.Value);
        return page.ToPage(orders, o => new OrderKey(o.Id), o => View(o, paid.GetValueOrDefault(o.Id), language));
    }

    /// <summary>Faults: NOT_FOUND.</summary>
    public Task<Outcome<AdminOrderView>> FindAsync(Guid id, string language, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Admin,
        async s => await OrderStore.FindAsync(s, id, ct) is { } order
            ? View(order, await PaymentStore.OfOrderAsync(s, id, ct), language)
            : (Outcome<AdminOrderView>)new Fault(FaultCodes.NotFound),
        ct);

    /// <summary>Gives an event that waits, or was refused, to an order. Faults: NOT_FOUND, ORDER_NOT_MATCHED, EVENT_TAKEN.</summary>
    public async Task<Outcome<Done>> MatchAsync(Guid order, Guid webhook, Guid by, CancellationToken ct)
    {
        if (await database.ReadAsync(DbPurpose.Admin, s => OrderStore.FindAsync(s, order, ct), ct) is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        return Noted(await inbox.MatchAsync(webhook, order, s => NoteAsync(s, AuditActions.OrderMatched, order, ct, ("webhook", webhook.ToString())), ct), by, "match", order);
    }

    /// <summary>Grants an unpaid order whose money was seen elsewhere. Faults: NOT_FOUND, ORDER_PAID, ORDER_NOT_GRANTABLE.</summary>
    public async Task<Outcome<Done>> GrantAsync(Guid order, string reason, Guid by, CancellationToken ct)
    {
        var outcome = await database.TryTransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                var granted = await fulfilment.GrantByHandAsync(s, order, reason, ct);
                if (granted.Ok)
                {
                    await NoteAsync(s, AuditActions.OrderGranted, order, ct, ("reason", reason));
                }

                return granted;
            },
            ct);
        return Noted(outcome, by, "grant", order);
    }

    /// <summary>Drives an event again. Faults: NOT_FOUND.</summary>
    public async Task<Outcome<InboxRow>> ReplayAsync(Guid webhook, CancellationToken ct)
    {
        var replayed = await inbox.ReplayAsync(webhook, ct);
        if (replayed.TryGet(out var row, out _))
        {
            var entry = AuditEntry.Of(AuditActions.WebhookReplayed, "webhook", webhook.ToString(), ("provider", row.Provider), ("outcome", row.Outcome));
            await database.TransactAsync(DbPurpose.Admin, s => audit.WriteAsync(s, entry, ct), ct);
        }

        return replayed;
    }

    /// <summary>Gives money of an order's payment back. Faults: as <see cref="RefundDesk.GiveBackAsync"/>.</summary>
    /// <param name="amount">Minor units; null for all that is left.</param>
    public async Task<Outcome<Done>> RefundAsync(Guid orderId, long? amount, string reason, Guid by, CancellationToken ct)
    {
        var (order, payment) = await database.ReadAsync(DbPurpose.Admin, async s => (await OrderStore.FindAsync(s, orderId, ct), await PaymentStore.OfOrderAsync(s, orderId, ct)), ct);
        if (order is null || payment is null)
        {
            return new Fault(order is null ? FaultCodes.NotFound : FaultCodes.OrderNotRefundable);
        }

        if (payment is { PaymentId: null, IsByHand: false })
        {
            // What the provider calls the money of a plan's first period stands in no notice. Should the question fail, so does the refund, and says why.
            await desk.RecheckAsync(order, ct);
        }

        var outcome = await refunds.GiveBackAsync(payment.Id, amount, reason, by, ct);
        if (outcome.Ok)
        {
            await database.TransactAsync(
                DbPurpose.Admin,
                s => NoteAsync(s, AuditActions.OrderRefunded, orderId, ct, ("amount", amount?.ToString(CultureInfo.InvariantCulture) ?? "all"), ("reason", reason)),
                ct);
        }

        return Noted(outcome, by, "refund", orderId);
    }

    private Task NoteAsync(DbSession session, string action, Guid order, CancellationToken ct, params ReadOnlySpan<(string Name, string? Value)> detail) =>
        audit.WriteAsync(session, AuditEntry.Of(action, "order", order.ToString(), detail), ct);

    private AdminOrderView View(OrderRow order, PaymentRow? payment, string language) => new(
        OrderView.From(order, payment, catalog.Current, language), order.UserId, order.Way, order.CheckoutId, payment?.PaymentId, order.SubscriptionId, payment?.Reference,
        payment?.Disputed ?? 0, payment?.Clawed ?? default);

    private Outcome<Done> Noted(Outcome<Done> outcome, Guid by, string what, Guid order)
    {
        if (outcome.Ok)
        {
            PaymentsLog.AdminActed(log, by, what, order);
        }

        return outcome;
    }
}
