using AIMake.Platform.Database;

namespace AIMake.Payments.Subscriptions;

/// <summary>A row of <c>payments.surplus</c>.</summary>
internal sealed record SurplusRow(string Provider, string SubscriptionId, int Attempts);

/// <summary>SQL of <c>payments.surplus</c>.</summary>
internal static class SurplusStore
{
    /// <summary>
    /// Of several subscriptions a user pays for, the one that was paid first stays; within one second, which is as fine as Stripe tells, the one
    /// that was heard of first. Neither ever changes, so that any number of nodes decide alike; what was decided is not weighed again.
    /// </summary>
    private static readonly Statement Decide = new("payments", "surplus_decide", """
        INSERT INTO payments.surplus (provider, subscription_id, decided_at, next_attempt_at)
        SELECT r.provider, r.subscription_id, @now, @now
        FROM (
            SELECT s.provider, s.subscription_id, row_number() OVER (PARTITION BY s.user_id ORDER BY f.second, f.id) AS place
            FROM payments.subscriptions s
            CROSS JOIN LATERAL (
                SELECT date_trunc('second', p.paid_at) AS second, p.id FROM payments.payments p
                WHERE p.provider = s.provider AND p.subscription_id = s.subscription_id
                ORDER BY 1, 2 LIMIT 1
            ) f
            WHERE s.ended_at IS NULL
                AND EXISTS (SELECT 1 FROM payments.subscriptions o WHERE o.user_id = s.user_id AND o.ended_at IS NULL AND o.id <> s.id)
                AND NOT EXISTS (SELECT 1 FROM payments.surplus x WHERE x.provider = s.provider AND x.subscription_id = s.subscription_id)
        ) r
        WHERE r.place > 1
        ON CONFLICT DO NOTHING
        """);

    /// <summary>Only one that paid for nothing here: what is given back is all that was paid for it.</summary>
    private static readonly Statement DecideUnpaid = new("payments", "surplus_decide_unpaid", """
        INSERT INTO payments.surplus (provider, subscription_id, decided_at, next_attempt_at)
        SELECT s.provider, s.subscription_id, @now, @now FROM payments.subscriptions s
        WHERE s.provider = @provider AND s.subscription_id = @subscription AND s.ended_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM payments.payments p WHERE p.provider = s.provider AND p.subscription_id = s.subscription_id)
        ON CONFLICT DO NOTHING
        """);

    /// <summary>Takes one that is due. Until <c>until</c> nobody else does.</summary>
    private static readonly Statement Claim = new("payments", "surplus_claim", """
        UPDATE payments.surplus SET attempts = attempts + 1, next_attempt_at = @until
        WHERE (provider, subscription_id) = (SELECT d.provider, d.subscription_id FROM payments.surplus d WHERE d.done_at IS NULL AND d.next_attempt_at <= @now
            ORDER BY d.next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING provider, subscription_id, attempts
        """);

    private static readonly Statement End = new("payments", "surplus_end", """
        UPDATE payments.surplus SET done_at = @now, next_attempt_at = NULL WHERE provider = @provider AND subscription_id = @subscription AND done_at IS NULL
        """);

    /// <returns>How many were found.</returns>
    public static Task<int> DecideAsync(DbSession session, DateTimeOffset now, CancellationToken ct) => session.ExecuteAsync(Decide, new { now }, ct);

    /// <summary>Has a subscription ended that began for somebody who has left.</summary>
    public static Task<int> DecideUnpaidAsync(DbSession session, string provider, string subscription, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(DecideUnpaid, new { provider, subscription, now }, ct);

    public static Task<SurplusRow?> ClaimAsync(DbSession session, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        session.FindAsync<SurplusRow>(Claim, new { now, until }, ct);

    public static Task<int> EndAsync(DbSession session, SurplusRow row, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(End, new { provider = row.Provider, subscription = row.SubscriptionId, now }, ct);
}
