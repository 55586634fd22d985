using AIMake.Platform.Database;

namespace AIMake.Payments.Orders;

/// <summary>SQL of <c>payments.orders</c>. Every change of state names the states it may come from.</summary>
internal static class OrderStore
{
    private const string Columns =
        "id, user_id, kind, item, amount, currency, credits, provider, way, state, checkout_id, checkout_url, customer_id, subscription_id, created_at, updated_at, paid_at";

    private static readonly Statement Insert = new("payments", "order_insert", """
        INSERT INTO payments.orders (id, user_id, kind, item, amount, currency, credits, provider, way, created_at, updated_at)
        VALUES (@Id, @UserId, @Kind, @Item, @Amount, @Currency, @Credits, @Provider, @Way, @CreatedAt, @CreatedAt)
        ON CONFLICT (id) DO NOTHING
        """);

    private static readonly Statement ById = new("payments", "order_by_id", $"SELECT {Columns} FROM payments.orders WHERE id = @id");

    private static readonly Statement LockById = new("payments", "order_lock", $"SELECT {Columns} FROM payments.orders WHERE id = @id FOR NO KEY UPDATE");

    private static readonly Statement LockByCheckout = new("payments", "order_lock_by_checkout",
        $"SELECT {Columns} FROM payments.orders WHERE provider = @provider AND checkout_id = @checkout FOR NO KEY UPDATE");

    private static readonly Statement LockBySubscription = new("payments", "order_lock_by_subscription",
        $"SELECT {Columns} FROM payments.orders WHERE provider = @provider AND subscription_id = @subscription FOR NO KEY UPDATE");

    /// <summary>A page found after the money came is of no use any more, but its id leads back here.</summary>
    private static readonly Statement SetCheckout = new("payments", "order_set_checkout", """
        UPDATE payments.orders
        SET state = CASE state WHEN 'created' THEN 'pending' ELSE state END, checkout_id = @checkout, checkout_url = @url,
            customer_id = coalesce(@customer, customer_id), updated_at = @now
        WHERE id = @id AND (checkout_id IS NULL OR checkout_id = @checkout)
        """);

    private static readonly Statement Link = new("payments", "order_link", """
        UPDATE payments.orders
        SET customer_id = coalesce(customer_id, @customer), subscription_id = coalesce(subscription_id, @subscription), updated_at = @now
        WHERE id = @id
        """);

    private static readonly Statement MoveUnpaid = new("payments", "order_move_unpaid", """
        UPDATE payments.orders SET state = @state, updated_at = @now
        WHERE id = @id AND state = ANY (@from::text[]) AND paid_at IS NULL
        """);

    /// <summary>Money that came counts, whatever was thought of the page before.</summary>
    private static readonly Statement MarkPaid = new("payments", "order_mark_paid", """
        UPDATE payments.orders SET state = 'paid', paid_at = @paidAt, updated_at = @now
        WHERE id = @id AND state IN ('created', 'pending', 'awaiting', 'failed', 'expired', 'canceled')
        """);

    private static readonly Statement MovePaid = new("payments", "order_move_paid", """
        UPDATE payments.orders SET state = @state, updated_at = @now
        WHERE id = @id AND paid_at IS NOT NULL AND state <> @state
        """);

    private static readonly Statement All = new("payments", "orders_all", $"""
        SELECT {Columns} FROM payments.orders
        WHERE id < @before AND (@state::text IS NULL OR state = @state) AND (@provider::text IS NULL OR provider = @provider)
            AND (@user::uuid IS NULL OR user_id = @user)
        ORDER BY id DESC LIMIT @take
        """);

    private static readonly Statement Unpaid = new("payments", "orders_unpaid", $"""
        SELECT {Columns} FROM payments.orders
        WHERE paid_at IS NULL AND provider = @provider AND checkout_id IS NOT NULL AND state IN ('pending', 'awaiting')
            AND created_at BETWEEN @from AND @to AND id > @after
        ORDER BY id LIMIT @take
        """);

    private static readonly Statement LockOpen = new("payments", "order_lock_open", $"""
        SELECT {Columns} FROM payments.orders
        WHERE user_id = @user AND provider = @provider AND item = @item AND kind = 'package' AND state = 'created' AND checkout_id IS NULL AND created_at >= @since
        ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE
        """);

    /// <returns>False when an order with this id exists.</returns>
    public static async Task<bool> InsertAsync(DbSession session, OrderRow order, CancellationToken ct) => await session.ExecuteAsync(Insert, order, ct) == 1;

    public static Task<OrderRow?> FindAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<OrderRow>(ById, new { id }, ct);

    public static Task<OrderRow?> LockAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<OrderRow>(LockById, new { id }, ct);

    /// <summary>The order a provider speaks of, locked.</summary>
    public static async Task<OrderRow?> LockAsync(DbSession session, string provider, PurchaseKeys keys, CancellationToken ct)
    {
        if (keys.OrderId is { } id && await LockAsync(session, id, ct) is { } named)
        {
            return named;
        }

        if (keys.CheckoutId is { } checkout && await session.FindAsync<OrderRow>(LockByCheckout, new { provider, checkout }, ct) is { } opened)
        {
            return opened;
        }

        return keys.SubscriptionId is { } subscription ? await session.FindAsync<OrderRow>(LockBySubscription, new { provider, subscription }, ct) : null;
    }

    /// <summary>The newest order of a package that has no page to be paid on, locked.</summary>
    public static Task<OrderRow?> LockOpenAsync(DbSession session, Guid user, string provider, string item, DateTimeOffset since, CancellationToken ct) =>
        session.FindAsync<OrderRow>(LockOpen, new { user, provider, item, since }, ct);

    public static Task<int> SetCheckoutAsync(DbSession session, Guid id, CheckoutPage page, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(SetCheckout, new { id, checkout = page.Id, url = page.Url, customer = page.CustomerId, now }, ct);

    public static Task<int> LinkAsync(DbSession session, Guid id, string? customer, string? subscription, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Link, new { id, customer, subscription, now }, ct);

    public static async Task<bool> MoveUnpaidAsync(DbSession session, Guid id, string state, string[] from, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(MoveUnpaid, new { id, state, from, now }, ct) == 1;

    public static async Task<bool> MarkPaidAsync(DbSession session, Guid id, DateTimeOffset paidAt, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(MarkPaid, new { id, paidAt, now }, ct) == 1;

    public static Task<int> MovePaidAsync(DbSession session, Guid id, string state, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(MovePaid, new { id, state, now }, ct);

    /// <param name="state">Null for any; so of the others.</param>
    public static Task<IReadOnlyList<OrderRow>> AllAsync(DbSession session, string? state, string? provider, Guid? user, Guid? before, int take, CancellationToken ct) =>
        session.QueryAsync<OrderRow>(All, new { state, provider, user, before = before ?? Guid.AllBitsSet, take }, ct);

    /// <summary>Open ones of a time, oldest first, for asking the provider.</summary>
    public static Task<IReadOnlyList<OrderRow>> UnpaidAsync(DbSession session, string provider, DateTimeOffset from, DateTimeOffset to, Guid after, int take, CancellationToken ct) =>
        session.QueryAsync<OrderRow>(Unpaid, new { provider, from, to, after, take }, ct);
}
