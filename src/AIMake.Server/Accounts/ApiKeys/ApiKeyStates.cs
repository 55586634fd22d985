using System.Collections.Concurrent;
using System.Collections.Frozen;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Accounts.ApiKeys;

/// <summary>
/// Whether a key stands and what it allows. The database is asked when a key is new here and then every few seconds while it is
/// in use; a busy key is asked about behind its calls, so that none of them waits. <see cref="MaxAge"/> bounds how long a
/// revoked key still works on other nodes; on the node that revoked it, it ends at once.
/// </summary>
internal sealed class ApiKeyStates(Database database, TimeProvider clock)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(2);

    private const int Capacity = 50_000;
    private readonly ConcurrentDictionary<ApiKeyDigest, Known> _known = new();
    private readonly ConcurrentDictionary<ApiKeyDigest, Lazy<Task<Known>>> _loading = new();

    /// <returns>The caller; null when the key is unknown, revoked or expired, or its user is gone or disabled.</returns>
    public ValueTask<CurrentCaller?> ResolveAsync(ApiKeyDigest digest)
    {
        if (!_known.TryGetValue(digest, out var known))
        {
            return LoadedAsync(digest);
        }

        var age = clock.GetElapsedTime(known.At);
        if (age >= MaxAge)
        {
            return LoadedAsync(digest);
        }

        if (age >= RefreshAfter && known.IsFirstToRefresh())
        {
            _ = LoadAsync(digest); // behind the scenes; should it fail, the next call after MaxAge meets the failure itself
        }

        return ValueTask.FromResult(Standing(known));
    }

    /// <summary>The key changed on this node: ask again at its next use.</summary>
    public void Forget(ApiKeyDigest digest)
    {
        _loading.TryRemove(digest, out _); // what is being read may be what was
        _known.TryRemove(digest, out _);
    }

    private async ValueTask<CurrentCaller?> LoadedAsync(ApiKeyDigest digest) => Standing(await LoadAsync(digest));

    /// <summary>One query at a time for a key, however many calls wait for it.</summary>
    private Task<Known> LoadAsync(ApiKeyDigest digest) => _loading.GetOrAdd(digest, static (d, self) => new(() => self.ReadAsync(d)), this).Value;

    private async Task<Known> ReadAsync(ApiKeyDigest digest)
    {
        var mine = _loading.GetValueOrDefault(digest);
        try
        {
            var at = clock.GetTimestamp(); // before the question: the answer is at least as fresh
            var state = await database.ReadAsync(DbPurpose.Hot, session => ApiKeyStore.StateAsync(session, digest, CancellationToken.None), CancellationToken.None);
            var known = new Known(state is { Status: "active" } ? CallerOf(state) : null, state?.ExpiresAt, at);
            if (_loading.TryGetValue(digest, out var current) && current == mine)
            {
                Keep(digest, known);
            }

            return known;
        }
        finally
        {
            if (mine is not null)
            {
                _loading.TryRemove(new(digest, mine));
            }
        }
    }

    private void Keep(ApiKeyDigest digest, Known known)
    {
        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        _known[digest] = known;
    }

    private CurrentCaller? Standing(Known known) => known.ExpiresAt is { } end && end <= clock.GetUtcNow() ? null : known.Caller;

    private static CurrentCaller CallerOf(ApiKeyState state) => new(state.UserId, SessionId: null, Enum.Parse<Role>(state.Role, ignoreCase: true))
    {
        ApiKey = new ApiKeyGrant(
            state.Id,
            ApiKeyScopes.Read(state.Scopes),
            state.Models?.ToFrozenSet(StringComparer.Ordinal),
            state.CreditLimit is { } limit ? new ApiKeyCreditLimit(new Micro(limit), Enum.Parse<BudgetWindow>(state.CreditWindow!, ignoreCase: true)) : null,
            state.RateLimit,
            state.MaxConcurrency),
    };

    private sealed class Known(CurrentCaller? caller, DateTimeOffset? expiresAt, long at)
    {
        private int _refreshing;

        public CurrentCaller? Caller => caller;

        public DateTimeOffset? ExpiresAt => expiresAt;

        public long At => at;

        public bool IsFirstToRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;
    }
}
