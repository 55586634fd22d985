using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>What is known about a refresh token, with the session it continues.</summary>
internal sealed record RefreshTokenRow
{
    public Guid Family { get; init; }

    public Guid UserId { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public byte[]? ReplacedBy { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset SessionExpiresAt { get; init; }
}

/// <summary>SQL of <c>accounts.refresh_tokens</c>. Digests only.</summary>
internal static class RefreshTokenStore
{
    private static readonly Statement Insert = new("accounts", "refresh_insert",
        """
        INSERT INTO accounts.refresh_tokens (digest, family, parent, created_at, expires_at)
        VALUES (@digest, @family, @parent, @now, @expiresAt)
        """);

    private static readonly Statement Find = new("accounts", "refresh_find",
        """
        SELECT t.family, s.user_id, t.expires_at, t.used_at, t.replaced_by, s.ended_at, s.expires_at AS session_expires_at
        FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.family
        WHERE t.digest = @digest
        """);

    // The whole of rotation: of any number of callers with the same token, one sees a row come back.
    private static readonly Statement Use = new("accounts", "refresh_use",
        """
        UPDATE accounts.refresh_tokens SET used_at = @now, replaced_by = @replacedBy
        WHERE digest = @digest AND used_at IS NULL AND expires_at > @now
        RETURNING family
        """);

    public static Task InsertAsync(DbSession session, byte[] digest, Guid family, byte[]? parent, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { digest, family, parent, now, expiresAt }, ct);

    public static Task<RefreshTokenRow?> FindAsync(DbSession session, byte[] digest, CancellationToken ct) =>
        session.FindAsync<RefreshTokenRow>(Find, new { digest }, ct);

    /// <returns>The session it continues, or null when it is unknown, expired or somebody was first.</returns>
    public static Task<Guid?> UseAsync(DbSession session, byte[] digest, byte[] replacedBy, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<Guid?>(Use, new { digest, replacedBy, now }, ct);
}
