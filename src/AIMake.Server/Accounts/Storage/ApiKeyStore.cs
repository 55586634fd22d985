using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.api_keys</c>, without its digest.</summary>
internal sealed record ApiKeyRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Name { get; init; } = "";

    public string Last4 { get; init; } = "";

    public string[] Scopes { get; init; } = [];

    public string[]? Models { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Micro-credits.</summary>
    public long? CreditLimit { get; init; }

    public string? CreditWindow { get; init; }

    public int? RateLimit { get; init; }

    public int? MaxConcurrency { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>What a key is checked against: itself and its user at this moment.</summary>
internal sealed record ApiKeyState
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Role { get; init; } = "";

    public string Status { get; init; } = "";

    public string[] Scopes { get; init; } = [];

    public string[]? Models { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public long? CreditLimit { get; init; }

    public string? CreditWindow { get; init; }

    public int? RateLimit { get; init; }

    public int? MaxConcurrency { get; init; }
}

/// <summary>SQL of <c>accounts.api_keys</c>. A revoked key stays as a row, so that its digest never opens anything again.</summary>
internal static class ApiKeyStore
{
    private const string Columns =
        "id, user_id, name, last4, scopes, models, expires_at, credit_limit, credit_window, rate_limit, max_concurrency, created_at, last_used_at";

    private static readonly Statement Insert = new("accounts", "api_key_insert",
        """
        INSERT INTO accounts.api_keys (id, user_id, name, digest, last4, scopes, models, expires_at, credit_limit, credit_window, rate_limit, max_concurrency, created_at)
        SELECT @id, @userId::uuid, @name, @digest, @last4, @scopes::text[], @models::text[], @expiresAt::timestamptz, @creditLimit::bigint, @creditWindow::text,
            @rateLimit::integer, @maxConcurrency::integer, @createdAt
        WHERE (SELECT count(*) FROM accounts.api_keys WHERE user_id = @userId::uuid AND revoked_at IS NULL) < @most::integer
        """);

    private static readonly Statement State = new("accounts", "api_key_state",
        """
        SELECT k.id, k.user_id, u.role, u.status, k.scopes, k.models, k.expires_at, k.credit_limit, k.credit_window, k.rate_limit, k.max_concurrency
        FROM accounts.api_keys k JOIN accounts.users u ON u.id = k.user_id
        WHERE k.digest = @digest AND k.revoked_at IS NULL
        """);

    private static readonly Statement List = new("accounts", "api_key_list",
        $"""
        SELECT {Columns} FROM accounts.api_keys
        WHERE user_id = @userId AND revoked_at IS NULL
            AND (created_at, id) < (coalesce(@beforeAt::timestamptz, 'infinity'), coalesce(@beforeId::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        ORDER BY created_at DESC, id DESC
        LIMIT @take
        """);

    private static readonly Statement Find = new("accounts", "api_key_find",
        $"SELECT {Columns} FROM accounts.api_keys WHERE id = @id AND user_id = @userId AND revoked_at IS NULL");

    private static readonly Statement Update = new("accounts", "api_key_update",
        """
        UPDATE accounts.api_keys SET name = @name, scopes = @scopes::text[], models = @models::text[], expires_at = @expiresAt::timestamptz,
            credit_limit = @creditLimit::bigint, credit_window = @creditWindow::text, rate_limit = @rateLimit::integer, max_concurrency = @maxConcurrency::integer
        WHERE id = @id AND user_id = @userId AND revoked_at IS NULL
        RETURNING digest
        """);

    private static readonly Statement Revoke = new("accounts", "api_key_revoke",
        "UPDATE accounts.api_keys SET revoked_at = @now WHERE id = @id AND user_id = @userId AND revoked_at IS NULL RETURNING digest");

    private static readonly Statement Touch = new("accounts", "api_key_touch",
        """
        UPDATE accounts.api_keys k SET last_used_at = greatest(k.last_used_at, t.at)
        FROM unnest(@ids::uuid[], @times::timestamptz[]) AS t (id, at)
        WHERE k.id = t.id
        """);

    /// <summary>False when the user has as many as one may have.</summary>
    public static async Task<bool> InsertAsync(DbSession session, ApiKeyRow row, ApiKeyDigest digest, int most, CancellationToken ct) =>
        await session.ExecuteAsync(
            Insert,
            new
            {
                row.Id, row.UserId, row.Name, digest = digest.ToBytes(), row.Last4, row.Scopes, row.Models, row.ExpiresAt, row.CreditLimit, row.CreditWindow,
                row.RateLimit, row.MaxConcurrency, row.CreatedAt, most,
            },
            ct) == 1;

    /// <summary>Null for a key nobody has, or that was revoked.</summary>
    public static Task<ApiKeyState?> StateAsync(DbSession session, ApiKeyDigest digest, CancellationToken ct) =>
        session.FindAsync<ApiKeyState>(State, new { digest = digest.ToBytes() }, ct);

    public static Task<IReadOnlyList<ApiKeyRow>> ListAsync(DbSession session, Guid userId, DateTimeOffset? beforeAt, Guid? beforeId, int take, CancellationToken ct) =>
        session.QueryAsync<ApiKeyRow>(List, new { userId, beforeAt, beforeId, take }, ct);

    public static Task<ApiKeyRow?> FindAsync(DbSession session, Guid id, Guid userId, CancellationToken ct) =>
        session.FindAsync<ApiKeyRow>(Find, new { id, userId }, ct);

    /// <returns>The digest of what was changed; null when it is not the user's, or was revoked.</returns>
    public static async Task<ApiKeyDigest?> UpdateAsync(DbSession session, ApiKeyRow row, CancellationToken ct) =>
        await session.FindAsync<byte[]>(
            Update,
            new { row.Id, row.UserId, row.Name, row.Scopes, row.Models, row.ExpiresAt, row.CreditLimit, row.CreditWindow, row.RateLimit, row.MaxConcurrency },
            ct) is { } digest ? ApiKeyDigest.Of(digest) : null;

    /// <returns>The digest of what was revoked; null when it is not the user's, or was revoked before.</returns>
    public static async Task<ApiKeyDigest?> RevokeAsync(DbSession session, Guid id, Guid userId, DateTimeOffset now, CancellationToken ct) =>
        await session.FindAsync<byte[]>(Revoke, new { id, userId, now }, ct) is { } digest ? ApiKeyDigest.Of(digest) : null;

    public static Task TouchAsync(DbSession session, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> uses, CancellationToken ct) =>
        session.ExecuteAsync(Touch, new { ids = uses.Select(u => u.Key).ToArray(), times = uses.Select(u => u.Value).ToArray() }, ct);
}
