using System.Collections.Concurrent;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Tokens;

/// <summary>
/// Whether a token's session and user still stand, asked of the database at most once in <see cref="MaxAge"/> per session.
/// That age is how long an ended session can still be used on other nodes; on this one it ends at once.
/// </summary>
internal sealed class CallerStates(Database database, TimeProvider clock)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    private const int Capacity = 50_000;
    private readonly ConcurrentDictionary<Guid, (SessionState? State, long At)> _known = new();

    /// <returns>The caller, or null when the session ended, the epoch moved on, or the user is gone or disabled.</returns>
    public async ValueTask<CurrentCaller?> ResolveAsync(AccessClaims claims, CancellationToken ct)
    {
        if (!_known.TryGetValue(claims.SessionId, out var known) || clock.GetElapsedTime(known.At) >= MaxAge)
        {
            known = (await LoadAsync(claims.SessionId, ct), clock.GetTimestamp());
            Keep(claims.SessionId, known);
        }

        return known.State is { EndedAt: null, Status: "active" } state
            && state.UserId == claims.UserId && state.SecurityEpoch == claims.Epoch && state.ExpiresAt > clock.GetUtcNow()
                ? new CurrentCaller(state.UserId, claims.SessionId, Enum.Parse<Role>(state.Role, ignoreCase: true))
                : null;
    }

    /// <summary>The session changed on this node: ask again at its next use.</summary>
    public void Forget(Guid sessionId) => _known.TryRemove(sessionId, out _);

    public void ForgetUser(Guid userId)
    {
        foreach (var (session, known) in _known)
        {
            if (known.State?.UserId == userId)
            {
                Forget(session);
            }
        }
    }

    private Task<SessionState?> LoadAsync(Guid sessionId, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Hot, session => SessionStore.StateAsync(session, sessionId, ct), ct);

    private void Keep(Guid sessionId, (SessionState? State, long At) known)
    {
        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        _known[sessionId] = known;
    }
}
