using AIMake.Platform.Database;

namespace AIMake.Payments.Orders;

/// <summary>A row of <c>payments.disputes</c> with the payment it is about.</summary>
internal sealed record DisputeRow
{
    public string Provider { get; init; } = "";

    public string DisputeId { get; init; } = "";

    public Guid PaymentId { get; init; }

    /// <summary>The provider's name of the money.</summary>
    public string Payment { get; init; } = "";

    public Guid? OrderId { get; init; }

    public Guid UserId { get; init; }

    public string Item { get; init; } = "";

    /// <summary>Minor units, in units of the payment.</summary>
    public long Amount { get; init; }

    /// <summary>Of the whole payment.</summary>
    public long Paid { get; init; }

    public string Currency { get; init; } = "";

    /// <summary><c>inquiry</c>, <c>open</c>, <c>won</c>, <c>lost</c>.</summary>
    public string State { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public Guid? DecidedBy { get; init; }

    public string? Reason { get; init; }

    public bool IsOpen => State is "inquiry" or "open";
}

/// <summary>SQL of <c>payments.disputes</c>.</summary>
internal static class DisputeStore
{
    private const string Select = """
        SELECT d.provider, d.dispute_id, d.payment_id, p.payment_id AS payment, p.order_id, p.user_id, p.item, d.amount, p.amount AS paid, p.currency, d.state,
            d.created_at, d.updated_at, d.decided_by, d.reason
        FROM payments.disputes d JOIN payments.payments p ON p.id = d.payment_id
        """;

    private static readonly Statement Put = new("payments", "dispute_put", """
        INSERT INTO payments.disputes (provider, dispute_id, payment_id, amount, state, created_at, updated_at)
        VALUES (@provider, @dispute, @payment, @amount, @state, @now, @now)
        ON CONFLICT (provider, dispute_id) DO UPDATE SET state = excluded.state, amount = excluded.amount, updated_at = excluded.updated_at
        WHERE disputes.state IN ('inquiry', 'open') AND NOT (disputes.state = 'open' AND excluded.state = 'inquiry')
            AND (disputes.state, disputes.amount) <> (excluded.state, excluded.amount)
        """);

    /// <summary>What banks hold or have taken of a payment.</summary>
    private static readonly Statement Disputed = new("payments", "disputes_of_payment", """
        SELECT coalesce(sum(amount) FILTER (WHERE state IN ('open', 'lost')), 0)::bigint AS taken, count(*)::integer AS known,
            coalesce(bool_or(state IN ('inquiry', 'open')), false) AS open, coalesce(bool_or(state = 'lost'), false) AS lost
        FROM payments.disputes WHERE payment_id = @payment
        """);

    /// <summary>One that was seen without its name gets it, with all that was decided of it.</summary>
    private static readonly Statement Name = new("payments", "dispute_name", """
        UPDATE payments.disputes d SET dispute_id = @dispute
        WHERE d.provider = @provider AND d.dispute_id = @unnamed
            AND NOT EXISTS (SELECT 1 FROM payments.disputes x WHERE x.provider = @provider AND x.dispute_id = @dispute)
        """);

    private static readonly Statement Find = new("payments", "dispute_find", $"{Select} WHERE d.provider = @provider AND d.dispute_id = @dispute");

    private static readonly Statement Open = new("payments", "disputes_open", """
        SELECT dispute_id FROM payments.disputes WHERE provider = @provider AND state IN ('inquiry', 'open') ORDER BY created_at LIMIT 1000
        """);

    private static readonly Statement All = new("payments", "disputes_all", $"""
        {Select}
        WHERE (d.created_at, d.dispute_id) < (@at, @id) AND (@order::uuid IS NULL OR p.order_id = @order)
            AND CASE @state::text WHEN 'open' THEN d.state IN ('inquiry', 'open') WHEN 'won' THEN d.state = 'won' WHEN 'lost' THEN d.state = 'lost' ELSE true END
        ORDER BY d.created_at DESC, d.dispute_id DESC LIMIT @take
        """);

    private static readonly Statement Sign = new("payments", "dispute_sign",
        "UPDATE payments.disputes SET decided_by = @by, reason = @reason WHERE provider = @provider AND dispute_id = @dispute AND state IN ('won', 'lost')");

    /// <returns>False when it is decided already, or stands so.</returns>
    public static async Task<bool> PutAsync(DbSession session, string provider, Guid payment, MoneyDisputed fact, long amount, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Put, new { provider, dispute = fact.DisputeId, payment, amount, state = fact.State.ToString().ToLowerInvariant(), now }, ct) == 1;

    public static Task<DisputeSums> OfPaymentAsync(DbSession session, Guid payment, CancellationToken ct) => session.SingleAsync<DisputeSums>(Disputed, new { payment }, ct);

    public static Task<int> NameAsync(DbSession session, string provider, MoneyDisputed fact, CancellationToken ct) =>
        session.ExecuteAsync(Name, new { provider, dispute = fact.DisputeId, unnamed = MoneyDisputed.Unnamed(fact.PaymentId) }, ct);

    public static Task<DisputeRow?> FindAsync(DbSession session, string provider, string dispute, CancellationToken ct) =>
        session.FindAsync<DisputeRow>(Find, new { provider, dispute }, ct);

    /// <summary>Ids of those that are not decided, oldest first.</summary>
    public static Task<IReadOnlyList<string>> OpenAsync(DbSession session, string provider, CancellationToken ct) => session.QueryAsync<string>(Open, new { provider }, ct);

    /// <param name="state"><c>open</c> (inquiries too), <c>won</c>, <c>lost</c>; null for any.</param>
    public static Task<IReadOnlyList<DisputeRow>> AllAsync(DbSession session, string? state, Guid? order, DisputeKey? after, int take, CancellationToken ct) =>
        session.QueryAsync<DisputeRow>(All, new { state, order, at = after?.At ?? DateTimeOffset.MaxValue, id = after?.Id ?? "", take }, ct);

    public static Task<int> SignAsync(DbSession session, string provider, string dispute, Guid by, string reason, CancellationToken ct) =>
        session.ExecuteAsync(Sign, new { provider, dispute, by, reason }, ct);
}

/// <param name="Taken">Minor units that banks hold or have taken.</param>
/// <param name="Known">How many there are.</param>
internal sealed record DisputeSums(long Taken, int Known, bool Open, bool Lost);

/// <summary>Where a page of disputes ended.</summary>
internal sealed record DisputeKey(DateTimeOffset At, string Id);
