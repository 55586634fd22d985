using AIMake.Platform.Database;

namespace AIMake.Payments.Subscriptions;

/// <summary>SQL of <c>payments.subscriptions</c> and <c>payments.customers</c>.</summary>
internal static class SubscriptionStore
{
    private const string Columns = """
        id, user_id, plan, provider, subscription_id, customer_id, item_id, price_id, status, period_start, period_end, ends_at, ended_at, overdue_since, as_of, created_at
        """;

    private static readonly Statement Lock = new("payments", "subscription_lock",
        $"SELECT {Columns} FROM payments.subscriptions WHERE provider = @provider AND subscription_id = @subscription FOR NO KEY UPDATE");

    private static readonly Statement Find = new("payments", "subscription_find",
        $"SELECT {Columns} FROM payments.subscriptions WHERE provider = @provider AND subscription_id = @subscription");

    /// <summary>The newest word stands. What has ended stays ended, whatever else is told late; in one and the same second, what is further on.</summary>
    private static readonly Statement Put = new("payments", "subscription_put", """
        INSERT INTO payments.subscriptions AS s (id, user_id, plan, provider, subscription_id, customer_id, item_id, price_id, status, period_start, period_end,
            ends_at, ended_at, overdue_since, as_of, created_at, updated_at)
        VALUES (@Id, @UserId, @Plan, @Provider, @SubscriptionId, @CustomerId, @ItemId, @PriceId, @Status, @PeriodStart::timestamptz, @PeriodEnd::timestamptz,
            @EndsAt::timestamptz, @EndedAt::timestamptz, CASE WHEN @Status IN ('past_due', 'unpaid') THEN @AsOf::timestamptz END, @AsOf, @now, @now)
        ON CONFLICT (provider, subscription_id) DO UPDATE
        SET plan = excluded.plan, customer_id = coalesce(excluded.customer_id, s.customer_id), item_id = coalesce(excluded.item_id, s.item_id),
            price_id = coalesce(excluded.price_id, s.price_id), status = excluded.status,
            period_start = coalesce(excluded.period_start, s.period_start), period_end = coalesce(excluded.period_end, s.period_end),
            ends_at = excluded.ends_at, ended_at = excluded.ended_at,
            overdue_since = CASE WHEN excluded.status IN ('past_due', 'unpaid') THEN coalesce(s.overdue_since, excluded.as_of) END,
            as_of = excluded.as_of, updated_at = excluded.updated_at
        WHERE s.ended_at IS NULL
            AND (excluded.ended_at IS NOT NULL OR s.as_of < excluded.as_of OR (s.as_of = excluded.as_of AND excluded.status <> 'incomplete'))
        """);

    /// <summary>A paid period: the state is good again unless something newer was told.</summary>
    private static readonly Statement MarkPaid = new("payments", "subscription_paid", """
        UPDATE payments.subscriptions
        SET period_start = CASE WHEN period_end IS NULL OR period_end < @ends THEN @starts ELSE period_start END,
            period_end = CASE WHEN period_end IS NULL OR period_end < @ends THEN @ends ELSE period_end END,
            status = CASE WHEN as_of <= @at AND status IN ('incomplete', 'past_due', 'unpaid', 'trialing') THEN 'active' ELSE status END,
            overdue_since = CASE WHEN as_of <= @at THEN NULL ELSE overdue_since END, updated_at = @now
        WHERE id = @id AND ended_at IS NULL
        """);

    private static readonly Statement OfUser = new("payments", "subscriptions_of_user",
        $"SELECT {Columns} FROM payments.subscriptions WHERE user_id = @user ORDER BY created_at DESC, id DESC LIMIT 50");

    private static readonly Statement Overdue = new("payments", "subscriptions_overdue", """
        SELECT DISTINCT user_id FROM payments.subscriptions WHERE ended_at IS NULL AND overdue_since <= @before LIMIT 1000
        """);

    /// <summary>
    /// The latest; one that belongs to somebody else stays theirs. Two first orders at once write the same row, which has two keys: a conflict that
    /// named only one of them would be an error on the other.
    /// </summary>
    private static readonly Statement PutCustomer = new("payments", "customer_put", """
        WITH free AS (SELECT 1 WHERE NOT EXISTS (
            SELECT 1 FROM payments.customers c WHERE c.provider = @provider::text AND c.customer_id = @customer::text AND c.user_id <> @user::uuid)
        ), changed AS (
            UPDATE payments.customers SET customer_id = @customer::text
            WHERE user_id = @user::uuid AND provider = @provider::text AND customer_id <> @customer::text AND EXISTS (SELECT 1 FROM free)
        )
        INSERT INTO payments.customers (user_id, provider, customer_id, created_at)
        SELECT @user::uuid, @provider::text, @customer::text, @now::timestamptz FROM free
        ON CONFLICT DO NOTHING
        """);

    private static readonly Statement FindCustomer = new("payments", "customer_find",
        "SELECT customer_id FROM payments.customers WHERE user_id = @user AND provider = @provider");

    private static readonly Statement Customers = new("payments", "customers_of_user", """
        SELECT customer_id FROM payments.customers WHERE user_id = @user
        UNION SELECT customer_id FROM payments.orders WHERE user_id = @user AND customer_id IS NOT NULL
        UNION SELECT customer_id FROM payments.subscriptions WHERE user_id = @user AND customer_id IS NOT NULL
        """);

    private static readonly Statement ForgetCustomers = new("payments", "customers_forget", """
        WITH orders AS (
            UPDATE payments.orders SET customer_id = NULL, checkout_url = NULL WHERE user_id = @user AND (customer_id IS NOT NULL OR checkout_url IS NOT NULL)
        ), subscriptions AS (
            UPDATE payments.subscriptions SET customer_id = NULL WHERE user_id = @user AND customer_id IS NOT NULL
        )
        DELETE FROM payments.customers WHERE user_id = @user
        """);

    public static Task<SubscriptionRow?> LockAsync(DbSession session, string provider, string subscription, CancellationToken ct) =>
        session.FindAsync<SubscriptionRow>(Lock, new { provider, subscription }, ct);

    public static Task<SubscriptionRow?> FindAsync(DbSession session, string provider, string subscription, CancellationToken ct) =>
        session.FindAsync<SubscriptionRow>(Find, new { provider, subscription }, ct);

    /// <returns>False when something newer, or its end, is known.</returns>
    public static async Task<bool> PutAsync(DbSession session, SubscriptionRow row, DateTimeOffset now, CancellationToken ct) => await session.ExecuteAsync(
        Put,
        new
        {
            row.Id, row.UserId, row.Plan, row.Provider, row.SubscriptionId, row.CustomerId, row.ItemId, row.PriceId, row.Status, row.PeriodStart, row.PeriodEnd,
            row.EndsAt, row.EndedAt, row.AsOf, now,
        },
        ct) == 1;

    public static Task<int> MarkPaidAsync(DbSession session, Guid id, DateTimeOffset starts, DateTimeOffset ends, DateTimeOffset at, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(MarkPaid, new { id, starts, ends, at, now }, ct);

    /// <summary>Newest first, ended ones too.</summary>
    public static Task<IReadOnlyList<SubscriptionRow>> OfUserAsync(DbSession session, Guid user, CancellationToken ct) =>
        session.QueryAsync<SubscriptionRow>(OfUser, new { user }, ct);

    /// <summary>Users with a payment overdue since before.</summary>
    public static Task<IReadOnlyList<Guid>> OverdueAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.QueryAsync<Guid>(Overdue, new { before }, ct);

    public static Task<int> PutCustomerAsync(DbSession session, Guid user, string provider, string customer, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(PutCustomer, new { user, provider, customer, now }, ct);

    public static Task<string?> FindCustomerAsync(DbSession session, Guid user, string provider, CancellationToken ct) =>
        session.FindAsync<string>(FindCustomer, new { user, provider }, ct);

    /// <summary>What providers call this user, or called them once.</summary>
    public static Task<IReadOnlyList<string>> CustomersAsync(DbSession session, Guid user, CancellationToken ct) => session.QueryAsync<string>(Customers, new { user }, ct);

    /// <summary>Nothing leads from what is kept to the provider's customer, or to a page that names them.</summary>
    public static Task<int> ForgetCustomersAsync(DbSession session, Guid user, CancellationToken ct) => session.ExecuteAsync(ForgetCustomers, new { user }, ct);
}
