using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>Rows that no longer decide anything. In batches, so that a long absence is no long transaction.</summary>
internal static class LeftoverStore
{
    private const int Batch = 5_000;

    private static readonly Statement PurgeSessions = new("accounts", "purge_sessions",
        $"""
        DELETE FROM accounts.sessions WHERE id IN (
            SELECT id FROM accounts.sessions WHERE expires_at < @before OR ended_at < @before LIMIT {Batch})
        """);

    // An expired token is refused whether it is known or not.
    private static readonly Statement PurgeRefreshTokens = new("accounts", "purge_refresh_tokens",
        $"""
        DELETE FROM accounts.refresh_tokens WHERE digest IN (
            SELECT digest FROM accounts.refresh_tokens WHERE expires_at < @now LIMIT {Batch})
        """);

    private static readonly Statement PurgeAttempts = new("accounts", "purge_login_attempts",
        $"""
        DELETE FROM accounts.login_attempts WHERE key IN (
            SELECT key FROM accounts.login_attempts WHERE last_at < @forgetBefore LIMIT {Batch})
        """);

    private static readonly Statement PurgeSetupLinks = new("accounts", "purge_setup_links",
        "DELETE FROM accounts.setup_links WHERE expires_at < @now");

    /// <returns>Rows removed; call again while there are any.</returns>
    public static async Task<int> PurgeAsync(DbSession session, DateTimeOffset now, DateTimeOffset sessionsBefore, DateTimeOffset forgetBefore, CancellationToken ct) =>
        await session.ExecuteAsync(PurgeRefreshTokens, new { now }, ct)
        + await session.ExecuteAsync(PurgeSessions, new { before = sessionsBefore }, ct)
        + await session.ExecuteAsync(PurgeAttempts, new { forgetBefore }, ct)
        + await session.ExecuteAsync(PurgeSetupLinks, new { now }, ct)
        + await MailedTokenStore.PurgeAsync(session, forgetBefore, ct)
        + await OAuthTripStore.PurgeAsync(session, now, ct)
        + await ClerkStore.PurgeAsync(session, sessionsBefore, ct);
}
