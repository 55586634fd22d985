using AIMake.Catalog;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>What people do by hand where the machinery cannot know.</summary>
internal sealed class AdminDesk(
    Database database, Fulfilment fulfilment, OrderDesk desk, WebhookInbox inbox, PaymentProviders providers, LiveCatalog catalog, TimeProvider time, ILogger<AdminDesk> log)
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
    public async Task<Outcome<Done>> GrantAsync(Guid order, Guid by, CancellationToken ct) =>
        Noted(await database.TryTransactAsync(DbPurpose.Admin, s => fulfilment.GrantByHandAsync(s, order, ct), ct), by, "grant", order);

    /// <summary>
    /// Gives money back through the provider. The wish is written down first, and one whose answer never came is asked again before a
    /// new one. Faults: NOT_FOUND, ORDER_NOT_REFUNDABLE, FIELD_OUT_OF_RANGE, PAYMENT_NOT_CONFIGURED, PAYMENT_PROVIDER_FAILED.
    /// </summary>
    /// <param name="amount">Minor units; null for all that is left.</param>
    public async Task<Outcome<Done>> RefundAsync(Guid orderId, long? amount, string reason, Guid by, CancellationToken ct)
    {
        var begun = await database.TryTransactAsync(DbPurpose.Admin, s => BeginRefundAsync(s, orderId, amount, reason, by, ct), ct);
        if (!begun.TryGet(out var refund, out var fault) || !providers.TryFind(refund.Payment.Provider, out var provider, out fault))
        {
            return fault;
        }

        var asked = await provider.RefundAsync(refund.Payment, refund.Id, refund.Amount, ct);
        if (!asked.TryGet(out var facts, out fault))
        {
            if (fault.Code == FaultCodes.OrderNotRefundable)
            {
                await database.TransactAsync(DbPurpose.Admin, s => PaymentStore.EndRefundAsync(s, refund.Id, accepted: false, time.GetUtcNow(), ct), ct);
            }

            return fault;
        }

        await database.TransactAsync(DbPurpose.Admin, s => PaymentStore.EndRefundAsync(s, refund.Id, accepted: true, time.GetUtcNow(), ct), ct);
        await desk.ApplyAsync(refund.Payment.Provider, facts, ct);
        return Noted(Done.Value, by, "refund", orderId);
    }

    private async Task<Outcome<Refunding>> BeginRefundAsync(DbSession session, Guid orderId, long? amount, string reason, Guid by, CancellationToken ct)
    {
        if (await OrderStore.LockAsync(session, orderId, ct) is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var payment = await PaymentStore.OfOrderAsync(session, orderId, ct);
        var left = payment is null ? 0 : payment.Amount - Math.Min(payment.Amount, payment.Refunded + payment.Disputed);
        if (payment?.PaymentId is null || left == 0)
        {
            return new Fault(FaultCodes.OrderNotRefundable);
        }

        if (amount is { } wanted && (wanted < 1 || wanted > left))
        {
            return new Fault(FaultCodes.FieldOutOfRange, "amount", 1, left) { Field = "amount" };
        }

        if (await PaymentStore.FindAskedRefundAsync(session, payment.Id, ct) is { } unanswered)
        {
            return new Refunding(payment, unanswered.Id, unanswered.Amount);
        }

        var id = Guid.CreateVersion7(time.GetUtcNow());
        await PaymentStore.InsertRefundAsync(session, id, payment.Id, amount ?? left, reason, by, time.GetUtcNow(), ct);
        return new Refunding(payment, id, amount ?? left);
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

    private sealed record Refunding(PaymentRow Payment, Guid Id, long Amount);
}
