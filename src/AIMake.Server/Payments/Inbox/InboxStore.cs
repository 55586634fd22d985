using AIMake.Platform.Database;

namespace AIMake.Payments.Inbox;

/// <summary>A row of <c>payments.inbox</c>.</summary>
internal sealed record InboxRow
{
    public Guid Id { get; init; }

    public string Provider { get; init; } = "";

    public string EventId { get; init; } = "";

    public string Type { get; init; } = "";

    /// <summary>As it came; only where it was asked for.</summary>
    public byte[] Body { get; init; } = [];

    public DateTimeOffset EventAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public int Attempts { get; init; }

    /// <summary><c>applied</c>, <c>nothing</c>, <c>refused</c>; null while it waits.</summary>
    public string? Outcome { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }

    public string? Error { get; init; }

    public string? WaitsFor { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public Guid? OrderId { get; init; }
}

/// <summary>SQL of <c>payments.inbox</c>.</summary>
internal static class InboxStore
{
    private const string Columns = "id, provider, event_id, type, event_at, received_at, attempts, outcome, processed_at, error, waits_for, next_attempt_at, order_id";

    private static readonly Statement Insert = new("payments", "inbox_insert", """
        INSERT INTO payments.inbox (id, provider, event_id, type, body, event_at, received_at, next_attempt_at)
        VALUES (@Id, @provider, @EventId, @Type, @body, @EventAt, @now, @now)
        ON CONFLICT (provider, event_id) DO NOTHING
        """);

    private static readonly Statement LockByEvent = new("payments", "inbox_lock_by_event",
        $"SELECT {Columns}, body FROM payments.inbox WHERE provider = @provider AND event_id = @eventId FOR NO KEY UPDATE");

    private static readonly Statement IsProcessed = new("payments", "inbox_is_processed",
        "SELECT EXISTS (SELECT 1 FROM payments.inbox WHERE provider = @provider AND event_id = @eventId AND processed_at IS NOT NULL)");

    private static readonly Statement IsAwaited = new("payments", "inbox_is_awaited",
        "SELECT EXISTS (SELECT 1 FROM payments.inbox WHERE provider = @provider AND waits_for = @key AND processed_at IS NULL)");

    private static readonly Statement LockById = new("payments", "inbox_lock", $"SELECT {Columns}, body FROM payments.inbox WHERE id = @id FOR NO KEY UPDATE");

    private static readonly Statement Find = new("payments", "inbox_find", $"SELECT {Columns}, body FROM payments.inbox WHERE id = @id");

    private static readonly Statement End = new("payments", "inbox_end", """
        UPDATE payments.inbox
        SET outcome = @outcome, processed_at = @now, error = @error, waits_for = NULL, next_attempt_at = NULL, attempts = attempts + 1,
            user_id = coalesce(@user, user_id), order_id = coalesce(@order, order_id)
        WHERE id = @id
        """);

    private static readonly Statement Park = new("payments", "inbox_park", """
        UPDATE payments.inbox
        SET outcome = NULL, processed_at = NULL, error = @error, waits_for = @waitsFor, next_attempt_at = @next::timestamptz, attempts = attempts + 1,
            user_id = coalesce(@user, user_id), order_id = coalesce(@order, order_id)
        WHERE id = @id
        """);

    private static readonly Statement Wake = new("payments", "inbox_wake", """
        UPDATE payments.inbox SET next_attempt_at = @now WHERE provider = @provider AND processed_at IS NULL AND waits_for = ANY (@keys::text[])
        """);

    /// <summary>Takes one that is due. Until <c>next</c> nobody else does.</summary>
    private static readonly Statement Claim = new("payments", "inbox_claim", $"""
        UPDATE payments.inbox SET next_attempt_at = @until
        WHERE id = (SELECT d.id FROM payments.inbox d WHERE d.processed_at IS NULL AND d.next_attempt_at <= @now
            ORDER BY d.next_attempt_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING {Columns}, body
        """);

    private static readonly Statement All = new("payments", "inbox_all", $"""
        SELECT {Columns} FROM payments.inbox
        WHERE id < @before AND (@provider::text IS NULL OR provider = @provider)
            AND CASE @state::text WHEN 'waiting' THEN processed_at IS NULL WHEN 'refused' THEN outcome = 'refused' WHEN 'applied' THEN outcome = 'applied'
                WHEN 'nothing' THEN outcome = 'nothing' ELSE true END
        ORDER BY id DESC LIMIT @take
        """);

    private static readonly Statement OfEvents = new("payments", "inbox_of_events", $"SELECT {Columns} FROM payments.inbox WHERE provider = @provider AND event_id = ANY (@ids::text[])");

    private static readonly Statement Last = new("payments", "inbox_last",
        "SELECT max(received_at) FROM payments.inbox WHERE provider = @provider");

    /// <summary>
    /// Bodies name a person; what remains is that something came, and when. Events that were about nothing here say nowhere whose they are:
    /// they are looked into for what only this user has. What still waits waits no longer, because nothing can be read of it any more.
    /// </summary>
    private static readonly Statement Forget = new("payments", "inbox_forget", """
        UPDATE payments.inbox i
        SET body = '', outcome = coalesce(i.outcome, 'nothing'), processed_at = coalesce(i.processed_at, @now), waits_for = NULL, next_attempt_at = NULL,
            error = CASE WHEN i.processed_at IS NULL THEN 'whose it is has left' ELSE i.error END
        WHERE i.body <> ''
            AND (i.user_id = @user OR i.order_id IN (SELECT o.id FROM payments.orders o WHERE o.user_id = @user)
                OR (i.user_id IS NULL AND EXISTS (SELECT 1 FROM unnest(@marks::bytea[]) m WHERE position(m IN i.body) > 0)))
        """);

    private static readonly Statement ForgetOne = new("payments", "inbox_forget_one", "UPDATE payments.inbox SET body = '' WHERE id = @id AND processed_at IS NOT NULL");

    private static readonly Statement ForgetOld = new("payments", "inbox_forget_old", """
        UPDATE payments.inbox SET body = '' WHERE id IN (
            SELECT id FROM payments.inbox WHERE outcome = 'nothing' AND body <> '' AND received_at < @before LIMIT 1000)
        """);

    /// <returns>The new row, which is held until the transaction ends; null when the event is known.</returns>
    public static async Task<InboxRow?> InsertAsync(DbSession session, string provider, SignedEvent signed, byte[] body, DateTimeOffset now, CancellationToken ct)
    {
        var row = new InboxRow { Id = Guid.CreateVersion7(now), Provider = provider, EventId = signed.Id, Type = signed.Type, Body = body, EventAt = signed.At, ReceivedAt = now };
        return await session.ExecuteAsync(Insert, new { row.Id, provider, row.EventId, row.Type, body, row.EventAt, now }, ct) == 1 ? row : null;
    }

    public static Task<InboxRow> LockAsync(DbSession session, string provider, string eventId, CancellationToken ct) =>
        session.SingleAsync<InboxRow>(LockByEvent, new { provider, eventId }, ct);

    public static Task<bool> IsProcessedAsync(DbSession session, string provider, string eventId, CancellationToken ct) =>
        session.SingleAsync<bool>(IsProcessed, new { provider, eventId }, ct);

    /// <summary>Whether some event waits for this.</summary>
    public static Task<bool> IsAwaitedAsync(DbSession session, string provider, string key, CancellationToken ct) =>
        session.SingleAsync<bool>(IsAwaited, new { provider, key }, ct);

    public static Task<InboxRow?> LockAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<InboxRow>(LockById, new { id }, ct);

    public static Task<InboxRow?> FindAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<InboxRow>(Find, new { id }, ct);

    public static Task<int> EndAsync(DbSession session, Guid id, string outcome, string? error, Guid? user, Guid? order, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(End, new { id, outcome, error, user, order, now }, ct);

    /// <param name="next">Null: not before a person asks.</param>
    public static Task<int> ParkAsync(
        DbSession session, Guid id, string error, string? waitsFor, DateTimeOffset? next, Guid? user, Guid? order, CancellationToken ct) =>
        session.ExecuteAsync(Park, new { id, error, waitsFor, next, user, order }, ct);

    /// <summary>Makes due what waits for one of these. True when something did.</summary>
    public static async Task<bool> WakeAsync(DbSession session, string provider, string[] keys, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Wake, new { provider, keys, now }, ct) > 0;

    public static Task<InboxRow?> ClaimAsync(DbSession session, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        session.FindAsync<InboxRow>(Claim, new { now, until }, ct);

    /// <param name="state"><c>waiting</c>, <c>applied</c>, <c>nothing</c>, <c>refused</c>; null for any.</param>
    public static Task<IReadOnlyList<InboxRow>> AllAsync(DbSession session, string? provider, string? state, Guid? before, int take, CancellationToken ct) =>
        session.QueryAsync<InboxRow>(All, new { provider, state, before = before ?? Guid.AllBitsSet, take }, ct);

    public static Task<IReadOnlyList<InboxRow>> OfEventsAsync(DbSession session, string provider, string[] ids, CancellationToken ct) =>
        session.QueryAsync<InboxRow>(OfEvents, new { provider, ids }, ct);

    public static Task<DateTimeOffset?> LastAsync(DbSession session, string provider, CancellationToken ct) => session.SingleAsync<DateTimeOffset?>(Last, new { provider }, ct);

    /// <param name="marks">What only this user's events hold.</param>
    public static Task<int> ForgetAsync(DbSession session, Guid user, byte[][] marks, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Forget, new { user, marks, now }, ct);

    public static Task<int> ForgetOneAsync(DbSession session, Guid id, CancellationToken ct) => session.ExecuteAsync(ForgetOne, new { id }, ct);

    /// <returns>Rows changed; call again while there are any.</returns>
    public static Task<int> ForgetOldAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(ForgetOld, new { before }, ct);
}
