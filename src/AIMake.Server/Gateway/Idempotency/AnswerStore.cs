using AIMake.Platform.Database;

namespace AIMake.Gateway.Idempotency;

/// <summary>How a keyed call stands.</summary>
internal sealed class AnswerRow
{
    public Guid Id { get; init; }

    public int Epoch { get; init; }

    /// <summary><c>running</c>, <c>spent</c> or <c>kept</c>; the migration says what they mean.</summary>
    public string State { get; init; } = "";

    /// <summary>Whether the server that makes it lives.</summary>
    public bool Leased { get; init; }

    public string? ContentType { get; init; }

    public string? Provider { get; init; }

    /// <summary>Micro-credits.</summary>
    public long? Credits { get; init; }

    public byte[]? Body { get; init; }
}

/// <summary>SQL of keyed calls and their answers. The caller owns the transaction; every write names the epoch.</summary>
internal static class AnswerStore
{
    private static readonly Statement Insert = new("gateway", "answer_insert",
        "INSERT INTO gateway.answers (user_id, id, lease_until) VALUES (@userId, @id, now() + @lease::interval) ON CONFLICT (user_id, id) DO NOTHING");

    private static readonly Statement Find = new("gateway", "answer_find",
        """
        SELECT id, epoch, state, coalesce(lease_until > now(), false) AS leased, content_type, provider, credits, body
        FROM gateway.answers WHERE user_id = @userId AND id = @id
        """);

    private static readonly Statement TakeOver = new("gateway", "answer_take_over",
        """
        UPDATE gateway.answers SET epoch = epoch + 1, lease_until = now() + @lease::interval
        WHERE user_id = @userId AND id = @id AND epoch = @epoch AND state = 'running' AND lease_until < now()
        """);

    private static readonly Statement Spend = new("gateway", "answer_spend",
        "UPDATE gateway.answers SET state = 'spent' WHERE user_id = @userId AND id = @id AND epoch = @epoch AND state = 'running'");

    private static readonly Statement Keep = new("gateway", "answer_keep",
        """
        UPDATE gateway.answers
        SET state = 'kept', lease_until = NULL, content_type = @contentType, provider = @provider, credits = @credits, body = @body
        WHERE user_id = @userId AND id = @id AND epoch = @epoch AND state <> 'kept'
        """);

    private static readonly Statement End = new("gateway", "answer_end",
        "UPDATE gateway.answers SET state = 'spent', lease_until = NULL WHERE user_id = @userId AND id = @id AND epoch = @epoch AND state <> 'kept'");

    private static readonly Statement Drop = new("gateway", "answer_drop",
        "DELETE FROM gateway.answers WHERE user_id = @userId AND id = @id AND epoch = @epoch AND state <> 'kept'");

    private static readonly Statement Renew = new("gateway", "answer_renew",
        """
        UPDATE gateway.answers a SET lease_until = now() + @lease::interval
        FROM unnest(@users::uuid[], @ids::uuid[], @epochs::integer[]) AS mine (user_id, id, epoch)
        WHERE a.user_id = mine.user_id AND a.id = mine.id AND a.epoch = mine.epoch AND a.lease_until IS NOT NULL
        """);

    private static readonly Statement Forget = new("gateway", "answer_forget",
        "DELETE FROM gateway.answers WHERE (user_id, id) IN (SELECT user_id, id FROM gateway.answers WHERE created_at < @before::timestamptz AND coalesce(lease_until < now(), true) LIMIT 500)");

    private static readonly Statement ForgetUser = new("gateway", "answer_forget_user", "DELETE FROM gateway.answers WHERE user_id = @userId");

    public static Task AddAsync(DbSession session, Guid userId, Guid id, TimeSpan lease, CancellationToken ct) => session.ExecuteAsync(Insert, new { userId, id, lease }, ct);

    public static Task<AnswerRow?> FindAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) => session.FindAsync<AnswerRow>(Find, new { userId, id }, ct);

    /// <summary>Takes the call of a server that died before it had delivered anything; the new epoch is the old one and one.</summary>
    public static async Task<bool> TakeOverAsync(DbSession session, Guid userId, AnswerRow row, TimeSpan lease, CancellationToken ct) =>
        await session.ExecuteAsync(TakeOver, new { userId, row.Id, row.Epoch, lease }, ct) == 1;

    /// <summary>Bytes are about to go out. False: the call was taken over.</summary>
    public static async Task<bool> SpendAsync(DbSession session, KeyedCall call, CancellationToken ct) => await session.ExecuteAsync(Spend, new { call.UserId, call.Id, call.Epoch }, ct) == 1;

    /// <summary>The whole answer. False: the call was taken over.</summary>
    public static async Task<bool> KeepAsync(DbSession session, KeyedCall call, string contentType, string provider, long credits, ReadOnlyMemory<byte> body, CancellationToken ct) =>
        await session.ExecuteAsync(Keep, new { call.UserId, call.Id, call.Epoch, contentType, provider, credits, body = body.ToArray() }, ct) == 1;

    /// <summary>It has ended, and its answer is not kept. False: the call was taken over.</summary>
    public static async Task<bool> EndAsync(DbSession session, KeyedCall call, CancellationToken ct) => await session.ExecuteAsync(End, new { call.UserId, call.Id, call.Epoch }, ct) == 1;

    /// <summary>Nothing came of it. False: the call was taken over.</summary>
    public static async Task<bool> DropAsync(DbSession session, KeyedCall call, CancellationToken ct) => await session.ExecuteAsync(Drop, new { call.UserId, call.Id, call.Epoch }, ct) == 1;

    public static Task<int> RenewAsync(DbSession session, IReadOnlyList<KeyedCall> calls, TimeSpan lease, CancellationToken ct) => session.ExecuteAsync(
        Renew, new { users = calls.Select(c => c.UserId).ToArray(), ids = calls.Select(c => c.Id).ToArray(), epochs = calls.Select(c => c.Epoch).ToArray(), lease }, ct);

    /// <returns>How many rows went.</returns>
    public static Task<int> ForgetAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(Forget, new { before }, ct);

    public static Task ForgetUserAsync(DbSession session, Guid userId, CancellationToken ct) => session.ExecuteAsync(ForgetUser, new { userId }, ct);
}
