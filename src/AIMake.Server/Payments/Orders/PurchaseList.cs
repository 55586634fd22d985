using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Payments.Orders;

/// <summary>What a user bought, newest first.</summary>
internal sealed class PurchaseList(Database database, LiveCatalog catalog)
{
    /// <summary>Pages that were never opened are no purchases.</summary>
    private static readonly Statement OfUser = new("payments", "purchases_of_user", """
        SELECT id, order_id, kind, item, amount, currency, credits, provider, state, refunded, at FROM (
            SELECT o.id, o.id AS order_id, o.kind, o.item, coalesce(p.amount, o.amount) AS amount, o.currency, o.credits, o.provider, o.state, coalesce(p.refunded, 0) AS refunded,
                coalesce(o.paid_at, o.created_at) AS at
            FROM payments.orders o LEFT JOIN payments.payments p ON p.order_id = o.id
            WHERE o.user_id = @user AND o.id < @before AND o.state <> 'created'
            UNION ALL
            SELECT p.id, NULL, 'plan', p.item, p.amount, p.currency, p.credits, p.provider,
                CASE WHEN p.refunded >= p.amount THEN 'refunded' WHEN p.refunded > 0 THEN 'partly_refunded' WHEN p.disputed > 0 THEN 'disputed' ELSE 'paid' END,
                p.refunded, p.paid_at
            FROM payments.payments p
            WHERE p.user_id = @user AND p.id < @before AND p.order_id IS NULL
        ) all_of_them
        ORDER BY id DESC LIMIT @take
        """);

    public async Task<Page<PurchaseView>> OfUserAsync(Guid user, PageRequest<OrderKey> page, string language, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            DbPurpose.Hot, s => s.QueryAsync<PurchaseRow>(OfUser, new { user, before = page.After?.Id ?? Guid.AllBitsSet, take = page.Take }, ct), ct);
        var snapshot = catalog.Current;
        return page.ToPage(rows, r => new OrderKey(r.Id), r => new PurchaseView(
            r.Id, r.OrderId, r.Kind, r.Item, OrderView.NameOf(r.Kind, r.Item, snapshot, language), r.Amount, r.Currency, r.Credits, r.Provider, OrderView.Wire(r.State), r.Refunded, r.At));
    }

    private sealed class PurchaseRow
    {
        public Guid Id { get; init; }

        public Guid? OrderId { get; init; }

        public string Kind { get; init; } = "";

        public string Item { get; init; } = "";

        public long Amount { get; init; }

        public string Currency { get; init; } = "";

        public Micro Credits { get; init; }

        public string Provider { get; init; } = "";

        public string State { get; init; } = "";

        public long Refunded { get; init; }

        public DateTimeOffset At { get; init; }
    }
}

/// <summary>Where a page of orders ended: ids are in the order of time.</summary>
internal sealed record OrderKey(Guid Id);
