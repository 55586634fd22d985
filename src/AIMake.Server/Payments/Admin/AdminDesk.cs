using AIMake.Catalog;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>What people do by hand where the machinery cannot know.</summary>
internal sealed class AdminDesk(
    Database database, Fulfilment fulfilment, RefundDesk refunds, WebhookInbox inbox, LiveCatalog catalog, ILogger<AdminDesk> log)
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

    /// <summary>Gives an event that waits, or was refused, to an order. Faults: NOT_FOUND, ORDER_NOT_MATCHED.</summary>
    public async Task<Outcome<Done>> MatchAsync(Guid order, Guid webhook, Guid by, CancellationToken ct)
    {
        if (await database.ReadAsync(DbPurpose.Admin, s => OrderStore.FindAsync(s, order, ct), ct) is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        return Noted(await inbox.MatchAsync(webhook, order, ct), by, "match", order);
    }

    /// <summary>Grants an unpaid order whose money was seen elsewhere. Faults: NOT_FOUND, ORDER_PAID, ORDER_NOT_GRANTABLE.</summary>
    public async Task<Outcome<Done>> GrantAsync(Guid order, string reason, Guid by, CancellationToken ct) =>
        Noted(await database.TryTransactAsync(DbPurpose.Admin, s => fulfilment.GrantByHandAsync(s, order, reason, ct), ct), by, "grant", order);

    /// <summary>Gives money of an order's payment back. Faults: as <see cref="RefundDesk.GiveBackAsync"/>.</summary>
    /// <param name="amount">Minor units; null for all that is left.</param>
    public async Task<Outcome<Done>> RefundAsync(Guid orderId, long? amount, string reason, Guid by, CancellationToken ct)
    {
        var (order, payment) = await database.ReadAsync(DbPurpose.Admin, async s => (await OrderStore.FindAsync(s, orderId, ct), await PaymentStore.OfOrderAsync(s, orderId, ct)), ct);
        return order is null ? new Fault(FaultCodes.NotFound)
            : payment is null ? new Fault(FaultCodes.OrderNotRefundable)
            : Noted(await refunds.GiveBackAsync(payment.Id, amount, reason, by, ct), by, "refund", orderId);
    }

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
