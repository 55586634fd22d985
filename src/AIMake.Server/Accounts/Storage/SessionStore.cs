using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.sessions</c>.</summary>
internal sealed record SessionRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Address { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What an access token is checked against: its session and its user at this moment.</summary>
internal sealed record SessionState
{
    public Guid UserId { get; init; }

    public string Role { get; init; } = "";

    public string Status { get; init; } = "";

    public int SecurityEpoch { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>SQL of <c>accounts.sessions</c>.</summary>
internal static class SessionStore
{
    private const string Columns = "id, user_id, address, user_agent, created_at, last_used_at, expires_at";

    private static readonly Statement Insert = new("accounts", "session_insert",
        """
        INSERT INTO accounts.sessions (id, user_id, address, user_agent, created_at, last_used_at, expires_at)
        VALUES (@id, @userId, @address, @userAgent, @createdAt, @createdAt, @expiresAt)
        """);

    private static readonly Statement State = new("accounts", "session_state",
        """
        SELECT s.user_id, u.role, u.status, u.security_epoch, s.expires_at, s.ended_at
        FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id
        WHERE s.id = @id
        """);

    private static readonly Statement List = new("accounts", "session_list",
        $"""
        SELECT {Columns} FROM accounts.sessions
        WHERE user_id = @userId AND ended_at IS NULL AND expires_at > @now
        ORDER BY last_used_at DESC, id DESC
        LIMIT 100
        """);

    private static readonly Statement Find = new("accounts", "session_find",
        $"SELECT {Columns} FROM accounts.sessions WHERE id = @id AND user_id = @userId AND ended_at IS NULL AND expires_at > @now");

    private static readonly Statement Touch = new("accounts", "session_touch",
        "UPDATE accounts.sessions SET last_used_at = @now, address = @address WHERE id = @id AND ended_at IS NULL AND expires_at > @now");

    private static readonly Statement End = new("accounts", "session_end",
        "UPDATE accounts.sessions SET ended_at = @now, end_reason = @reason WHERE id = @id AND user_id = @userId AND ended_at IS NULL");

    private static readonly Statement EndOthers = new("accounts", "session_end_others",
        """
        UPDATE accounts.sessions SET ended_at = @now, end_reason = @reason
        WHERE user_id = @userId AND id IS DISTINCT FROM @except::uuid AND ended_at IS NULL
        RETURNING id
        """);

    // Reuse of a refresh token is recognised while its row exists, so dead sessions stay for a month.
    private static readonly Statement Purge = new("accounts", "session_purge",
        "DELETE FROM accounts.sessions WHERE user_id = @userId AND (expires_at < @before OR ended_at < @before)");

    public static Task InsertAsync(DbSession session, SessionRow row, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { row.Id, row.UserId, row.Address, row.UserAgent, row.CreatedAt, row.ExpiresAt }, ct);

    public static Task<SessionState?> StateAsync(DbSession session, Guid id, CancellationToken ct) =>
        session.FindAsync<SessionState>(State, new { id }, ct);

    public static Task<IReadOnlyList<SessionRow>> ListAsync(DbSession session, Guid userId, DateTimeOffset now, CancellationToken ct) =>
        session.QueryAsync<SessionRow>(List, new { userId, now }, ct);

    public static Task<SessionRow?> FindAsync(DbSession session, Guid id, Guid userId, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<SessionRow>(Find, new { id, userId, now }, ct);

    /// <summary>False when the session has ended.</summary>
    public static async Task<bool> TouchAsync(DbSession session, Guid id, string address, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Touch, new { id, address, now }, ct) == 1;

    /// <summary>False when it is not the user's, or has ended already.</summary>
    public static async Task<bool> EndAsync(DbSession session, Guid id, Guid userId, string reason, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(End, new { id, userId, reason, now }, ct) == 1;

    /// <returns>The sessions ended.</returns>
    public static Task<IReadOnlyList<Guid>> EndOthersAsync(DbSession session, Guid userId, Guid? except, string reason, DateTimeOffset now, CancellationToken ct) =>
        session.QueryAsync<Guid>(EndOthers, new { userId, except, reason, now }, ct);

    public static Task PurgeAsync(DbSession session, Guid userId, DateTimeOffset before, CancellationToken ct) =>
        session.ExecuteAsync(Purge, new { userId, before }, ct);
}
