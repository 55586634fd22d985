using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>SQL of <c>accounts.setup_links</c>. Digests only.</summary>
internal static class SetupLinkStore
{
    private static readonly Statement Insert = new("accounts", "setup_link_insert",
        "INSERT INTO accounts.setup_links (digest, created_at, expires_at) VALUES (@digest, @now, @expiresAt)");

    private static readonly Statement Use = new("accounts", "setup_link_use",
        """
        UPDATE accounts.setup_links SET used_at = @now, used_by = @userId
        WHERE digest = @digest AND used_at IS NULL AND expires_at > @now
        """);

    private static readonly Statement Valid = new("accounts", "setup_link_valid",
        "SELECT EXISTS (SELECT 1 FROM accounts.setup_links WHERE digest = @digest AND used_at IS NULL AND expires_at > @now)");

    private static readonly Statement Forget = new("accounts", "setup_link_forget", "DELETE FROM accounts.setup_links WHERE used_by = @userId");

    public static Task InsertAsync(DbSession session, byte[] digest, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { digest, now, expiresAt }, ct);

    public static Task<bool> IsValidAsync(DbSession session, byte[] digest, DateTimeOffset now, CancellationToken ct) =>
        session.SingleAsync<bool>(Valid, new { digest, now }, ct);

    /// <summary>False when it is unknown, expired or used.</summary>
    public static async Task<bool> UseAsync(DbSession session, byte[] digest, Guid userId, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Use, new { digest, userId, now }, ct) == 1;

    /// <summary>A used link opens nothing; without its row neither.</summary>
    public static Task ForgetAsync(DbSession session, Guid userId, CancellationToken ct) => session.ExecuteAsync(Forget, new { userId }, ct);
}
