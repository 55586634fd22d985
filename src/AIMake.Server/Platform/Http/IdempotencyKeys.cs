using AIMake.Platform.Database;

namespace AIMake.Platform.Http;

/// <summary>An <c>Idempotency-Key</c> and the digest of the request it belongs to.</summary>
internal sealed record IdempotencyClaim(string Key, byte[] RequestHash);

/// <summary>A key as the first request left it.</summary>
internal sealed class IdempotencyRow
{
    public Guid UserId { get; init; }

    public string Key { get; init; } = "";

    public byte[] RequestHash { get; init; } = [];

    public Guid GenerationId { get; init; }
}

/// <summary>Claims idempotency keys in the transaction of the effect they guard.</summary>
internal static class IdempotencyKeys
{
    private static readonly Statement Claim = new("platform", "claim_idempotency_keys",
        """
        INSERT INTO platform.idempotency_keys (user_id, key, request_hash, generation_id)
        SELECT * FROM unnest(@users, @keys, @hashes, @generations)
        ORDER BY 1, 2
        ON CONFLICT (user_id, key) DO NOTHING
        """);

    private static readonly Statement Find = new("platform", "find_idempotency_keys",
        """
        SELECT k.user_id, k.key, k.request_hash, k.generation_id
        FROM platform.idempotency_keys k
        JOIN unnest(@users, @keys) AS asked (user_id, key) ON asked.user_id = k.user_id AND asked.key = k.key
        """);

    private static readonly Statement Release = new("platform", "release_idempotency_keys",
        "DELETE FROM platform.idempotency_keys WHERE generation_id = ANY (@generations) AND user_id = ANY (@users)");

    private static readonly Statement Forget = new("platform", "forget_idempotency_keys",
        "DELETE FROM platform.idempotency_keys WHERE created_at < @before");

    /// <summary>A user's own, for their archive; as of <see cref="Accounts.Export.ExportRows"/>.</summary>
    internal static readonly Statement Export = Accounts.Export.ExportRows.Of("platform", "export_idempotency_keys", "platform.idempotency_keys t", "t.key", "text",
        """t.key, t.generation_id AS "generationId", t.created_at AS "createdAt" """);

    private static readonly Statement ForgetUser = new("platform", "forget_idempotency_keys_of_user",
        "DELETE FROM platform.idempotency_keys WHERE user_id = @userId");

    /// <summary>
    /// Claims the keys that are free. Answers with the row each key belongs to now: the caller's own generation id means that
    /// it was first. A key being claimed in another open transaction is waited for.
    /// </summary>
    public static async Task<IReadOnlyList<IdempotencyRow>> ClaimAsync(
        DbSession session, IReadOnlyList<(Guid User, string Key, byte[] Hash, Guid Generation)> claims, CancellationToken ct)
    {
        var users = claims.Select(c => c.User).ToArray();
        var keys = claims.Select(c => c.Key).ToArray();
        await session.ExecuteAsync(
            Claim,
            new { users, keys, hashes = claims.Select(c => c.Hash).ToArray(), generations = claims.Select(c => c.Generation).ToArray() },
            ct);
        return await session.QueryAsync<IdempotencyRow>(Find, new { users, keys }, ct);
    }

    /// <summary>Gives keys back whose request was refused before anything began, so that the same key may try again.</summary>
    public static Task ReleaseAsync(DbSession session, Guid[] users, Guid[] generations, CancellationToken ct) =>
        session.ExecuteAsync(Release, new { users, generations }, ct);

    /// <summary>Drops keys older than <paramref name="before"/>; a key is promised for 24 hours and kept for 72.</summary>
    public static Task<int> ForgetAsync(DbSession session, DateTimeOffset before, CancellationToken ct) =>
        session.ExecuteAsync(Forget, new { before }, ct);

    public static Task ForgetUserAsync(DbSession session, Guid userId, CancellationToken ct) =>
        session.ExecuteAsync(ForgetUser, new { userId }, ct);
}
