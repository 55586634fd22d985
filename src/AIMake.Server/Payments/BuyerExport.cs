using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Payments;

/// <summary>What a user bought, paid, got back and disputed, and what the providers told about them, as it came.</summary>
internal sealed class BuyerExport : IUserDataExport
{
    private const int Bite = 20;

    private static readonly Statement Orders = ExportRows.Of("payments", "export_orders", "payments.orders t", "t.id", "uuid",
        """
        t.id, t.kind, t.item, t.amount, t.currency, trim_scale(t.credits / 1000000.0) AS "credits", t.provider, t.way, t.state, t.checkout_id AS "checkoutId",
        t.customer_id AS "customerId", t.subscription_id AS "subscriptionId", t.created_at AS "createdAt", t.updated_at AS "updatedAt", t.paid_at AS "paidAt"
        """);

    private static readonly Statement Payments = ExportRows.Of("payments", "export_payments", "payments.payments t", "t.id", "uuid",
        """
        t.id, t.order_id AS "orderId", t.provider, t.reference, t.payment_id AS "paymentId", t.subscription_id AS "subscriptionId", t.item, t.amount, t.tax, t.discount, t.currency,
        trim_scale(t.credits / 1000000.0) AS "credits", t.refunded, t.disputed, trim_scale(t.clawed / 1000000.0) AS "creditsTakenBack", t.reason, t.paid_at AS "paidAt", t.reason
        """);

    private static readonly Statement Movements = ExportRows.Of("payments", "export_movements", "payments.movements t", "t.id", "bigint",
        """t.payment_id AS "paymentId", t.kind, t.amount, t.currency, trim_scale(t.credits / 1000000.0) AS "credits", t.at""");

    private static readonly Statement Refunds = ExportRows.Of("payments", "export_refunds", "payments.refunds t JOIN payments.payments p ON p.id = t.payment_id", "t.id", "uuid",
        """t.id, t.payment_id AS "paymentId", t.amount, t.reason, t.state, t.created_at AS "createdAt", t.updated_at AS "updatedAt" """, owner: "p.user_id = @userId");

    private static readonly Statement Disputes = ExportRows.Of("payments", "export_disputes", "payments.disputes t JOIN payments.payments p ON p.id = t.payment_id",
        "(t.provider || ' ' || t.dispute_id)", "text",
        """t.provider, t.dispute_id AS "disputeId", t.payment_id AS "paymentId", t.amount, t.state, t.created_at AS "createdAt", t.updated_at AS "updatedAt" """,
        owner: "p.user_id = @userId");

    private static readonly Statement Customers = ExportRows.Of("payments", "export_customers", "payments.customers t", "t.provider", "text",
        """t.provider, t.customer_id AS "customerId", t.created_at AS "createdAt" """);

    private static readonly Statement Subscriptions = ExportRows.Of("payments", "export_subscriptions", "payments.subscriptions t", "t.id", "uuid",
        """
        t.id, t.plan, t.provider, t.subscription_id AS "subscriptionId", t.customer_id AS "customerId", t.status, t.period_start AS "periodStart", t.period_end AS "periodEnd",
        t.ends_at AS "endsAt", t.ended_at AS "endedAt", t.overdue_since AS "overdueSince", t.created_at AS "createdAt", t.updated_at AS "updatedAt",
        (SELECT s.decided_at FROM payments.surplus s WHERE s.provider = t.provider AND s.subscription_id = t.subscription_id) AS "endedAsSurplusAt"
        """);

    private static readonly Statement Notices = ExportRows.Of("payments", "export_inbox", "payments.inbox t", "t.id", "uuid",
        """
        t.provider, t.event_id AS "eventId", t.type, t.event_at AS "at", t.received_at AS "receivedAt", t.outcome, t.order_id AS "orderId",
        encode(t.body, 'base64') AS "bodyBase64"
        """);

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddRowsAsync("payments/orders.jsonl", Orders, userId, ct);
        await archive.AddRowsAsync("payments/payments.jsonl", Payments, userId, ct);
        await archive.AddRowsAsync("payments/movements.jsonl", Movements, userId, ct);
        await archive.AddRowsAsync("payments/refunds.jsonl", Refunds, userId, ct);
        await archive.AddRowsAsync("payments/disputes.jsonl", Disputes, userId, ct);
        await archive.AddRowsAsync("payments/customers.jsonl", Customers, userId, ct);
        await archive.AddRowsAsync("payments/subscriptions.jsonl", Subscriptions, userId, ct);
        await archive.AddRowsAsync("payments/notices.jsonl", Notices, userId, ct, Bite);
    }
}
