using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Payments.Orders;

/// <summary>SQL of <c>payments.payments</c>, its movements and refunds.</summary>
internal static class PaymentStore
{
    private const string Columns =
        "id, order_id, user_id, provider, reference, payment_id, subscription_id, item, amount, tax, discount, currency, credits, refunded, refunded_as_of, disputed, clawed, moves, paid_at, reason";

    private static readonly Statement Insert = new("payments", "payment_insert", """
        INSERT INTO payments.payments (id, order_id, user_id, provider, reference, payment_id, subscription_id, item, amount, tax, discount, currency, credits, paid_at, reason,
            created_at)
        VALUES (@Id, @OrderId, @UserId, @Provider, @Reference, @PaymentId, @SubscriptionId, @Item, @Amount, @Tax, @Discount, @Currency, @Credits, @PaidAt, @Reason, @now)
        ON CONFLICT (reference) DO NOTHING
        """);

    private static readonly Statement ByReference = new("payments", "payment_lock_by_reference", $"SELECT {Columns} FROM payments.payments WHERE reference = @reference FOR NO KEY UPDATE");

    private static readonly Statement ByPayment = new("payments", "payment_lock_by_payment",
        $"SELECT {Columns} FROM payments.payments WHERE provider = @provider AND payment_id = @payment FOR NO KEY UPDATE");

    private static readonly Statement ByOrder = new("payments", "payment_by_order", $"SELECT {Columns} FROM payments.payments WHERE order_id = @order");

    private static readonly Statement OfOrders = new("payments", "payments_of_orders", $"SELECT {Columns} FROM payments.payments WHERE order_id = ANY (@ids::uuid[])");

    private static readonly Statement ById = new("payments", "payment_lock", $"SELECT {Columns} FROM payments.payments WHERE id = @id FOR NO KEY UPDATE");

    private static readonly Statement OfSubscription = new("payments", "payments_of_subscription",
        $"SELECT {Columns} FROM payments.payments WHERE provider = @provider AND subscription_id = @subscription ORDER BY id");

    private static readonly Statement All = new("payments", "payments_all", $"""
        SELECT {Columns} FROM payments.payments
        WHERE id < @before AND (@user::uuid IS NULL OR user_id = @user) AND (@subscription::text IS NULL OR subscription_id = @subscription)
            AND (@order::uuid IS NULL OR order_id = @order)
        ORDER BY id DESC LIMIT @take
        """);

    private static readonly Statement IsRefundAccepted = new("payments", "refund_is_accepted",
        "SELECT EXISTS (SELECT 1 FROM payments.refunds WHERE payment_id = @payment AND state = 'accepted' AND asked_by IS NULL)");

    private static readonly Statement SetPaymentId = new("payments", "payment_set_payment_id",
        "UPDATE payments.payments SET payment_id = @payment WHERE id = @id AND payment_id IS NULL");

    private static readonly Statement SetClaw = new("payments", "payment_set_claw", """
        UPDATE payments.payments
        SET refunded = @refunded, refunded_as_of = @asOf, disputed = @disputed, clawed = @clawed, moves = @moves
        WHERE id = @id AND moves = @known
        """);

    private static readonly Statement AddMovement = new("payments", "movement_insert", """
        INSERT INTO payments.movements (payment_id, user_id, kind, amount, currency, credits, at)
        VALUES (@payment, @user, @kind, @amount, @currency, @credits, @at)
        """);

    private static readonly Statement InsertRefund = new("payments", "refund_insert", """
        INSERT INTO payments.refunds (id, payment_id, amount, gross, reason, asked_by, created_at, updated_at)
        VALUES (@Id, @payment, @Amount, @Gross, @reason, @by, @now, @now)
        """);

    private static readonly Statement EndRefund = new("payments", "refund_end",
        "UPDATE payments.refunds SET state = @state, updated_at = @now WHERE id = @id AND state = 'asked'");

    /// <summary>Asked and accepted together: what the provider has been told of, whether its notice has come or not.</summary>
    private static readonly Statement RefundsPending = new("payments", "refunds_pending", """
        SELECT id, amount, gross FROM payments.refunds WHERE payment_id = @payment AND state = 'asked' ORDER BY created_at LIMIT 1
        """);

    /// <returns>False when the payment is known.</returns>
    public static async Task<bool> InsertAsync(DbSession session, PaymentRow payment, DateTimeOffset now, CancellationToken ct)
    {
        var inserted = await session.ExecuteAsync(
            Insert,
            new
            {
                payment.Id, payment.OrderId, payment.UserId, payment.Provider, payment.Reference, payment.PaymentId, payment.SubscriptionId, payment.Item,
                payment.Amount, payment.Tax, payment.Discount, payment.Currency, payment.Credits, payment.PaidAt, payment.Reason, now,
            },
            ct) == 1;
        if (inserted)
        {
            await MoveAsync(session, payment, "payment", payment.Amount, payment.Credits.Value, now, ct);
        }

        return inserted;
    }

    public static Task<PaymentRow?> LockByReferenceAsync(DbSession session, string reference, CancellationToken ct) =>
        session.FindAsync<PaymentRow>(ByReference, new { reference }, ct);

    public static Task<PaymentRow?> LockAsync(DbSession session, string provider, string payment, CancellationToken ct) =>
        session.FindAsync<PaymentRow>(ByPayment, new { provider, payment }, ct);

    public static Task<PaymentRow?> LockAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<PaymentRow>(ById, new { id }, ct);

    /// <summary>Of all its periods, oldest first.</summary>
    public static Task<IReadOnlyList<PaymentRow>> OfSubscriptionAsync(DbSession session, string provider, string subscription, CancellationToken ct) =>
        session.QueryAsync<PaymentRow>(OfSubscription, new { provider, subscription }, ct);

    /// <param name="user">Null for any; so of the others.</param>
    public static Task<IReadOnlyList<PaymentRow>> AllAsync(DbSession session, Guid? user, Guid? order, string? subscription, Guid? before, int take, CancellationToken ct) =>
        session.QueryAsync<PaymentRow>(All, new { user, order, subscription, before = before ?? Guid.AllBitsSet, take }, ct);

    /// <summary>Whether the provider has accepted to give it back because the server asked for it.</summary>
    public static Task<bool> IsRefundAcceptedAsync(DbSession session, Guid payment, CancellationToken ct) => session.SingleAsync<bool>(IsRefundAccepted, new { payment }, ct);

    public static Task<PaymentRow?> OfOrderAsync(DbSession session, Guid order, CancellationToken ct) => session.FindAsync<PaymentRow>(ByOrder, new { order }, ct);

    public static Task<IReadOnlyList<PaymentRow>> OfOrdersAsync(DbSession session, Guid[] ids, CancellationToken ct) => session.QueryAsync<PaymentRow>(OfOrders, new { ids }, ct);

    public static Task<int> SetPaymentIdAsync(DbSession session, Guid id, string payment, CancellationToken ct) => session.ExecuteAsync(SetPaymentId, new { id, payment }, ct);

    /// <summary>Writes what changed of a locked payment.</summary>
    /// <exception cref="InvalidOperationException">The row was not locked.</exception>
    public static async Task SaveAsync(DbSession session, PaymentRow before, PaymentRow after, DateTimeOffset now, CancellationToken ct)
    {
        var saved = await session.ExecuteAsync(
            SetClaw,
            new { after.Id, after.Refunded, asOf = after.RefundedAsOf, after.Disputed, after.Clawed, after.Moves, known = before.Moves },
            ct);
        if (saved != 1)
        {
            throw new InvalidOperationException($"Payment {before.Id} changed while it was held.");
        }

        var (refunded, disputed) = (after.Refunded - before.Refunded, after.Disputed - before.Disputed);
        var credits = before.Clawed.Value - after.Clawed.Value;
        if (refunded != 0)
        {
            await MoveAsync(session, after, "refund", -refunded, disputed == 0 ? credits : 0, now, ct);
        }

        if (disputed != 0 || (refunded == 0 && credits != 0))
        {
            await MoveAsync(session, after, "dispute", -disputed, credits, now, ct);
        }
    }

    public static Task<int> InsertRefundAsync(DbSession session, AskedRefund refund, Guid payment, string reason, Guid? by, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(InsertRefund, new { refund.Id, payment, refund.Amount, refund.Gross, reason, by, now }, ct);

    public static Task<int> EndRefundAsync(DbSession session, Guid id, bool accepted, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(EndRefund, new { id, state = accepted ? "accepted" : "refused", now }, ct);

    /// <summary>One whose answer never came.</summary>
    public static Task<AskedRefund?> FindAskedRefundAsync(DbSession session, Guid payment, CancellationToken ct) =>
        session.FindAsync<AskedRefund>(RefundsPending, new { payment }, ct);

    private static Task<int> MoveAsync(DbSession session, PaymentRow payment, string kind, long amount, long credits, DateTimeOffset at, CancellationToken ct) =>
        session.ExecuteAsync(AddMovement, new { payment = payment.Id, user = payment.UserId, kind, amount, payment.Currency, credits, at }, ct);
}

/// <summary>A refund that was begun.</summary>
/// <param name="Amount">Minor units of the payment.</param>
/// <param name="Gross">The same with the tax that was added: what a provider is asked for that counts it so. Null: all that is left there.</param>
internal sealed record AskedRefund(Guid Id, long Amount, long? Gross);
