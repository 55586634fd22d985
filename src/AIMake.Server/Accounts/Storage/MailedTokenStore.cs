using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>What a mailed token opens.</summary>
internal sealed record MailedTokenRow
{
    public Guid UserId { get; init; }

    /// <summary>Address it was mailed to.</summary>
    public string Email { get; init; } = "";
}

/// <summary>How many tokens were mailed lately, and when the first of them was.</summary>
internal sealed record MailedLately
{
    public int Count { get; init; }

    public DateTimeOffset? First { get; init; }
}

/// <summary>SQL of <c>accounts.mailed_tokens</c>. Digests only.</summary>
internal static class MailedTokenStore
{
    private const int Batch = 5_000;

    private static readonly Statement Insert = new("accounts", "mailed_token_insert",
        """
        INSERT INTO accounts.mailed_tokens (digest, user_id, purpose, email, created_at, expires_at)
        VALUES (@digest, @userId, @purpose, @email, @now, @expiresAt)
        """);

    private static readonly Statement Find = new("accounts", "mailed_token_find",
        "SELECT user_id, email FROM accounts.mailed_tokens WHERE digest = @digest AND purpose = ANY(@purposes::text[]) AND used_at IS NULL AND expires_at > @now");

    // Of any number of callers with the same token, one sees a row come back.
    private static readonly Statement Use = new("accounts", "mailed_token_use",
        """
        UPDATE accounts.mailed_tokens SET used_at = @now
        WHERE digest = @digest AND purpose = ANY(@purposes::text[]) AND used_at IS NULL AND expires_at > @now
        RETURNING user_id, email
        """);

    private static readonly Statement EndOthers = new("accounts", "mailed_token_end_others",
        "UPDATE accounts.mailed_tokens SET used_at = @now WHERE user_id = @userId AND purpose = ANY(@purposes::text[]) AND used_at IS NULL");

    private static readonly Statement Lately = new("accounts", "mailed_token_lately",
        "SELECT count(*)::integer AS count, min(created_at) AS first FROM accounts.mailed_tokens WHERE user_id = @userId AND purpose = ANY(@purposes::text[]) AND created_at > @since");

    private static readonly Statement Purge = new("accounts", "purge_mailed_tokens",
        $"""
        DELETE FROM accounts.mailed_tokens WHERE digest IN (
            SELECT digest FROM accounts.mailed_tokens WHERE expires_at < @before LIMIT {Batch})
        """);

    public static Task InsertAsync(DbSession session, byte[] digest, Guid userId, string purpose, string email, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { digest, userId, purpose, email, now, expiresAt }, ct);

    /// <summary>Null when it is unknown, for something else, used or expired.</summary>
    public static Task<MailedTokenRow?> FindAsync(DbSession session, byte[] digest, string[] purposes, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<MailedTokenRow>(Find, new { digest, purposes, now }, ct);

    /// <summary>As <see cref="FindAsync"/>, and it is used from now on.</summary>
    public static Task<MailedTokenRow?> UseAsync(DbSession session, byte[] digest, string[] purposes, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<MailedTokenRow>(Use, new { digest, purposes, now }, ct);

    public static Task EndAsync(DbSession session, Guid userId, string[] purposes, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(EndOthers, new { userId, purposes, now }, ct);

    public static Task<MailedLately> LatelyAsync(DbSession session, Guid userId, string[] purposes, DateTimeOffset since, CancellationToken ct) =>
        session.SingleAsync<MailedLately>(Lately, new { userId, purposes, since }, ct);

    /// <returns>Rows removed; call again while there are any.</returns>
    public static Task<int> PurgeAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(Purge, new { before }, ct);
}
