using AIMake.Platform.Database;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.provider_keys</c> with what it was used for.</summary>
internal sealed record ProviderKeyRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Service { get; init; } = "";

    public string Name { get; init; } = "";

    public string? BaseUrl { get; init; }

    /// <summary>Host and port the box is bound to.</summary>
    public string Host { get; init; } = "";

    public byte[] Box { get; init; } = [];

    public string Last4 { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public long TotalCalls { get; init; }

    public long MonthlyCalls { get; init; }

    public long DailyCalls { get; init; }
}

/// <summary>SQL of <c>accounts.provider_keys</c>.</summary>
internal static class ProviderKeyStore
{
    private const string Columns = "k.id, k.user_id, k.service, k.name, k.base_url, k.host, k.box, k.last4, k.status, k.created_at, k.updated_at, k.last_used_at";

    private const string Calls =
        """
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(d.calls), 0)::bigint AS total_calls,
                coalesce(sum(d.calls) FILTER (WHERE d.day >= date_trunc('month', @today::date)), 0)::bigint AS monthly_calls,
                coalesce(sum(d.calls) FILTER (WHERE d.day = @today::date), 0)::bigint AS daily_calls
            FROM accounts.provider_key_days d WHERE d.key_id = k.id
        ) used
        """;

    private static readonly Statement Insert = new("accounts", "provider_key_insert",
        """
        INSERT INTO accounts.provider_keys (id, user_id, service, name, base_url, host, box, last4, created_at, updated_at)
        SELECT @id, @userId::uuid, @service, @name, @baseUrl::text, @host, @box, @last4, @createdAt::timestamptz, @createdAt::timestamptz
        WHERE (SELECT count(*) FROM accounts.provider_keys WHERE user_id = @userId::uuid) < @most::integer
        """);

    private static readonly Statement List = new("accounts", "provider_key_list",
        $"""
        SELECT {Columns}, used.* FROM accounts.provider_keys k {Calls}
        WHERE k.user_id = @userId
            AND (k.created_at, k.id) < (coalesce(@beforeAt::timestamptz, 'infinity'), coalesce(@beforeId::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        ORDER BY k.created_at DESC, k.id DESC
        LIMIT @take
        """);

    private static readonly Statement Find = new("accounts", "provider_key_find",
        $"SELECT {Columns}, used.* FROM accounts.provider_keys k {Calls} WHERE k.id = @id AND k.user_id = @userId");

    // The newest wins: a fresh key is added beside the old one, tried, and the old one deleted. A refused one only where no other is there.
    private static readonly Statement Usual = new("accounts", "provider_key_usual",
        $"""
        SELECT {Columns} FROM accounts.provider_keys k
        WHERE k.user_id = @userId AND k.service = @service AND k.status IN ('active', 'refused')
        ORDER BY k.status = 'active' DESC, k.created_at DESC, k.id DESC
        LIMIT 1
        """);

    private static readonly Statement Update = new("accounts", "provider_key_update",
        """
        UPDATE accounts.provider_keys SET service = @service, name = @name, base_url = @baseUrl::text, host = @host, box = @box, last4 = @last4, status = @status, updated_at = @now
        WHERE id = @id AND user_id = @userId AND updated_at = @updatedAt
        """);

    private static readonly Statement Judge = new("accounts", "provider_key_judge",
        """
        UPDATE accounts.provider_keys SET status = @status, judged_at = @at
        WHERE id = @id AND status <> 'disabled' AND updated_at = @updatedAt AND (judged_at IS NULL OR judged_at <= @at)
        """);

    private static readonly Statement Delete = new("accounts", "provider_key_delete",
        "DELETE FROM accounts.provider_keys WHERE id = @id AND user_id = @userId");

    // What is newer than the last verdict and the last change counts; greatest() passes over nulls, and a null is newer than nothing.
    private static readonly Statement Count = new("accounts", "provider_key_count",
        """
        WITH used AS (
            SELECT t.id, t.day, t.calls, t.at, t.worked, t.refused
            FROM unnest(@ids::uuid[], @days::date[], @calls::bigint[], @times::timestamptz[], @worked::timestamptz[], @refused::timestamptz[])
                AS t (id, day, calls, at, worked, refused)
            JOIN accounts.provider_keys k ON k.id = t.id
        ), counted AS (
            INSERT INTO accounts.provider_key_days AS d (key_id, day, calls) SELECT id, day, sum(calls)::bigint FROM used GROUP BY id, day
            ON CONFLICT (key_id, day) DO UPDATE SET calls = d.calls + excluded.calls
        )
        UPDATE accounts.provider_keys k
        SET last_used_at = greatest(k.last_used_at, u.at),
            judged_at = greatest(k.judged_at, u.worked, u.refused),
            status = CASE
                WHEN k.status = 'active' AND u.refused > greatest(u.worked, k.judged_at, k.updated_at) THEN 'refused'
                WHEN k.status = 'refused' AND u.worked > greatest(u.refused, k.judged_at, k.updated_at) THEN 'active'
                ELSE k.status
            END
        FROM (SELECT id, max(at) AS at, max(worked) AS worked, max(refused) AS refused FROM used GROUP BY id) u
        WHERE k.id = u.id
        """);

    private static readonly Statement Boxes = new("accounts", "provider_key_boxes",
        $"SELECT {Columns} FROM accounts.provider_keys k WHERE k.id > coalesce(@after::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY k.id LIMIT @take");

    // updated_at stays: the key is the same key.
    private static readonly Statement Rebox = new("accounts", "provider_key_rebox",
        "UPDATE accounts.provider_keys SET box = @renewed WHERE id = @id AND box = @old");

    /// <summary>False when the user has as many as one may have.</summary>
    public static async Task<bool> InsertAsync(DbSession session, ProviderKeyRow row, int most, CancellationToken ct) =>
        await session.ExecuteAsync(Insert, new { row.Id, row.UserId, row.Service, row.Name, row.BaseUrl, row.Host, row.Box, row.Last4, row.CreatedAt, most }, ct) == 1;

    public static Task<IReadOnlyList<ProviderKeyRow>> ListAsync(
        DbSession session, Guid userId, DateTimeOffset? beforeAt, Guid? beforeId, int take, DateTime today, CancellationToken ct) =>
        session.QueryAsync<ProviderKeyRow>(List, new { userId, beforeAt, beforeId, take, today }, ct);

    public static Task<ProviderKeyRow?> FindAsync(DbSession session, Guid id, Guid userId, DateTime today, CancellationToken ct) =>
        session.FindAsync<ProviderKeyRow>(Find, new { id, userId, today }, ct);

    /// <summary>The key that calls take; where the user has none but refused ones, the newest of those.</summary>
    public static Task<ProviderKeyRow?> UsualAsync(DbSession session, Guid userId, string service, CancellationToken ct) =>
        session.FindAsync<ProviderKeyRow>(Usual, new { userId, service }, ct);

    /// <summary>False when the row has changed since it was read.</summary>
    public static async Task<bool> UpdateAsync(DbSession session, ProviderKeyRow row, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Update, new { row.Id, row.UserId, row.Service, row.Name, row.BaseUrl, row.Host, row.Box, row.Last4, row.Status, row.UpdatedAt, now }, ct) == 1;

    /// <summary>What a test has found, unless the key is another one by now or was judged later.</summary>
    public static Task JudgeAsync(DbSession session, ProviderKeyRow row, string status, DateTimeOffset at, CancellationToken ct) =>
        session.ExecuteAsync(Judge, new { row.Id, row.UpdatedAt, status, at }, ct);

    /// <summary>False when it is not the user's.</summary>
    public static async Task<bool> DeleteAsync(DbSession session, Guid id, Guid userId, CancellationToken ct) =>
        await session.ExecuteAsync(Delete, new { id, userId }, ct) == 1;

    public static Task CountAsync(DbSession session, IReadOnlyList<ProviderKeyUse> uses, CancellationToken ct) => session.ExecuteAsync(
        Count,
        new
        {
            ids = uses.Select(u => u.KeyId).ToArray(),
            days = uses.Select(u => u.At.UtcDateTime.Date).ToArray(),
            calls = uses.Select(u => u.Calls).ToArray(),
            times = uses.Select(u => u.At).ToArray(),
            worked = uses.Select(u => u.Worked).ToArray(),
            refused = uses.Select(u => u.Refused).ToArray(),
        },
        ct);

    public static Task<IReadOnlyList<ProviderKeyRow>> BoxesAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        session.QueryAsync<ProviderKeyRow>(Boxes, new { after, take }, ct);

    public static async Task<bool> ReboxAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) =>
        await session.ExecuteAsync(Rebox, new { id, old, renewed }, ct) == 1;
}

/// <summary>Calls with a key since they were last written down.</summary>
/// <param name="Worked">When a call with it last succeeded.</param>
/// <param name="Refused">When the provider last would not have it.</param>
internal sealed record ProviderKeyUse(Guid KeyId, DateTimeOffset At, long Calls, DateTimeOffset? Worked, DateTimeOffset? Refused)
{
    /// <summary>Both together, in whichever order they come.</summary>
    public ProviderKeyUse And(ProviderKeyUse other) =>
        new(KeyId, Later(At, other.At)!.Value, Calls + other.Calls, Later(Worked, other.Worked), Later(Refused, other.Refused));

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
