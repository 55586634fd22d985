using AIMake.Platform.Database;
using AIMake.Platform.Secrets;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>SQL of the pool's keys and their events. The caller owns the transaction.</summary>
internal static class PoolStore
{
    private const string Columns = "id, provider, host, name, secret_id, box, prefix, last4, weight, disabled, created_at";

    private static readonly Statement All = new("providers", "pool_key_all", $"SELECT {Columns} FROM providers.pool_keys ORDER BY id");

    private static readonly Statement Insert = new("providers", "pool_key_insert",
        """
        INSERT INTO providers.pool_keys (id, provider, host, name, secret_id, box, prefix, last4, weight, disabled, created_at, changed_at)
        SELECT @id, @provider::text, @host, @name, @secretId, @box, @prefix, @last4, @weight, @disabled, @createdAt::timestamptz, @createdAt::timestamptz
        WHERE (SELECT count(*) FROM providers.pool_keys WHERE provider = @provider::text) < @most::integer
        """);

    private static readonly Statement Update = new("providers", "pool_key_update",
        """
        UPDATE providers.pool_keys
        SET name = coalesce(@name::text, name), weight = coalesce(@weight::integer, weight), disabled = coalesce(@disabled::boolean, disabled), changed_at = @at::timestamptz
        WHERE id = @id AND provider = @provider
        """);

    private static readonly Statement Remove = new("providers", "pool_key_delete", "DELETE FROM providers.pool_keys WHERE id = @id AND provider = @provider");

    private static readonly Statement Raise = new("providers", "pool_revision_raise", "UPDATE providers.pool_revision SET revision = revision + 1");

    private static readonly Statement Look = new("providers", "pool_revision_look", "SELECT revision FROM providers.pool_revision");

    private static readonly Statement Boxes = new("providers", "pool_key_boxes",
        $"SELECT {Columns} FROM providers.pool_keys WHERE id > coalesce(@after::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY id LIMIT @take");

    private static readonly Statement Rebox = new("providers", "pool_key_rebox", "UPDATE providers.pool_keys SET box = @renewed WHERE id = @id AND box = @old");

    private static readonly Statement AddEvents = new("providers", "key_event_insert",
        """
        INSERT INTO providers.key_events (at, provider, key_id, what, detail)
        SELECT * FROM unnest(@ats::timestamptz[], @providers::text[], @keys::uuid[], @whats::text[], @details::text[])
        """);

    private static readonly Statement Events = new("providers", "key_event_list",
        """
        SELECT id, at, provider, key_id, what, detail FROM providers.key_events
        WHERE provider = @provider AND id < coalesce(@before::bigint, 9223372036854775807)
        ORDER BY id DESC LIMIT @take
        """);

    // Looked back a little: rows become visible in another order than they were numbered.
    private static readonly Statement Tested = new("providers", "key_event_tested",
        "SELECT id, at, provider, key_id, what, detail FROM providers.key_events WHERE at > @since AND what = 'recovered' AND detail = 'tested' ORDER BY id");

    private static readonly Statement Forget = new("providers", "key_event_forget",
        "DELETE FROM providers.key_events WHERE id IN (SELECT id FROM providers.key_events WHERE at < @before LIMIT 5000)");

    public static Task<IReadOnlyList<PoolKeyRow>> AllAsync(DbSession session, CancellationToken ct) => session.QueryAsync<PoolKeyRow>(All, null, ct);

    /// <returns>False when the provider has as many keys as are allowed.</returns>
    public static async Task<bool> AddAsync(DbSession session, PoolKeyRow row, int most, CancellationToken ct)
    {
        var added = await session.ExecuteAsync(
            Insert,
            new { row.Id, row.Provider, row.Host, row.Name, row.SecretId, row.Box, row.Prefix, row.Last4, row.Weight, row.Disabled, row.CreatedAt, most },
            ct) == 1;
        if (added) await session.ExecuteAsync(Raise, null, ct);
        return added;
    }

    /// <returns>False when there is no such key.</returns>
    public static async Task<bool> ChangeAsync(DbSession session, string provider, Guid id, string? name, int? weight, bool? disabled, DateTimeOffset at, CancellationToken ct)
    {
        var changed = await session.ExecuteAsync(Update, new { id, provider, name, weight, disabled, at }, ct) == 1;
        if (changed) await session.ExecuteAsync(Raise, null, ct);
        return changed;
    }

    /// <returns>False when there is no such key.</returns>
    public static async Task<bool> DeleteAsync(DbSession session, string provider, Guid id, CancellationToken ct)
    {
        var gone = await session.ExecuteAsync(Remove, new { id, provider }, ct) == 1;
        if (gone) await session.ExecuteAsync(Raise, null, ct);
        return gone;
    }

    /// <summary>A test has found a key good: all nodes are to use it again.</summary>
    public static async Task TestedAsync(DbSession session, KeyEvent happened, CancellationToken ct)
    {
        await AddEventsAsync(session, [happened], ct);
        await session.ExecuteAsync(Raise, null, ct);
    }

    public static Task<long> RevisionAsync(DbSession session, CancellationToken ct) => session.SingleAsync<long>(Look, null, ct);

    public static Task<IReadOnlyList<KeyEventRow>> TestedSinceAsync(DbSession session, DateTimeOffset since, CancellationToken ct) =>
        session.QueryAsync<KeyEventRow>(Tested, new { since }, ct);

    public static async Task<IReadOnlyList<SealedRow>> BoxesAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        [.. (await session.QueryAsync<PoolKeyRow>(Boxes, new { after, take }, ct)).Select(row => new SealedRow(row.Id, Aad(row), row.Box))];

    public static async Task<bool> ReboxAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) =>
        await session.ExecuteAsync(Rebox, new { id, old, renewed }, ct) == 1;

    public static Task AddEventsAsync(DbSession session, IReadOnlyList<KeyEvent> events, CancellationToken ct) => session.ExecuteAsync(
        AddEvents,
        new
        {
            ats = events.Select(e => e.At.UtcDateTime).ToArray(), providers = events.Select(e => e.Provider).ToArray(), keys = events.Select(e => e.KeyId).ToArray(),
            whats = events.Select(e => PoolWords.Of(e.Kind)).ToArray(), details = events.Select(e => e.Detail).ToArray(),
        },
        ct);

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<KeyEventRow>> EventsAsync(DbSession session, string provider, long? before, int take, CancellationToken ct) =>
        session.QueryAsync<KeyEventRow>(Events, new { provider, before, take }, ct);

    public static Task<int> ForgetEventsAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(Forget, new { before }, ct);

    public static string Aad(PoolKeyRow row) => SecretBinding.ProviderKey(null, row.Id, row.Provider, row.Host);
}

/// <summary>How states and events are spelled outside.</summary>
internal static class PoolWords
{
    public static string Of(KeyEventKind kind) => kind switch
    {
        KeyEventKind.Throttled => "throttled",
        KeyEventKind.OutOfQuota => "out_of_quota",
        KeyEventKind.Unauthorized => "unauthorized",
        KeyEventKind.Opened => "opened",
        KeyEventKind.Closed => "closed",
        KeyEventKind.Recovered => "recovered",
        KeyEventKind.Added => "added",
        _ => "removed",
    };

    public static string Of(KeyState state) => state switch
    {
        KeyState.Throttled => "throttled",
        KeyState.Open => "open",
        KeyState.OutOfQuota => "out_of_quota",
        KeyState.Unauthorized => "unauthorized",
        _ => "healthy",
    };
}
