using System.Globalization;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Sessions;

/// <summary>A place where the user is signed in.</summary>
/// <param name="LastSeenAt">Last refresh; up to a quarter of an hour behind.</param>
/// <param name="UserAgent">Browser and system in a few words.</param>
/// <param name="Address">Address at the last refresh.</param>
/// <param name="ExpiresAt">The session ends then at the latest.</param>
/// <param name="Current">Whether this request belongs to it.</param>
public sealed record SessionView(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt, string UserAgent, string Address, bool Current);

/// <summary>Lists and ends a user's sessions.</summary>
internal sealed class SessionService(Database database, CallerStates states, IAuditLog audit, TimeProvider clock)
{
    public Task<SessionView[]> ListAsync(CurrentCaller caller, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => (await SessionStore.ListAsync(session, caller.UserId, clock.GetUtcNow(), ct)).Select(row => View(row, caller)).ToArray(),
        ct);

    public Task<Outcome<SessionView>> FindAsync(CurrentCaller caller, Guid id, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => await SessionStore.FindAsync(session, id, caller.UserId, clock.GetUtcNow(), ct) is { } row
            ? View(row, caller)
            : (Outcome<SessionView>)new Fault(FaultCodes.NotFound),
        ct);

    /// <summary>NOT_FOUND when it has ended, or is somebody else's.</summary>
    public async Task<Outcome<Done>> EndAsync(Guid userId, Guid id, string reason, CancellationToken ct)
    {
        var ended = await database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                var found = await SessionStore.EndAsync(session, id, userId, reason, clock.GetUtcNow(), ct);
                if (found)
                {
                    var action = reason == "logout" ? AuditActions.SignedOut : AuditActions.SessionEnded;
                    await audit.WriteAsync(session, AuditEntry.Of(action, "session", id.ToString()) with { Actor = userId }, ct);
                }

                return found;
            },
            ct);
        states.Forget(id);
        return ended ? Done.Value : new Fault(FaultCodes.NotFound);
    }

    /// <summary>Ends all but the caller's own.</summary>
    public async Task<int> EndOthersAsync(CurrentCaller caller, CancellationToken ct)
    {
        var ended = await database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                var others = await SessionStore.EndOthersAsync(session, caller.UserId, caller.SessionId, "revoked", clock.GetUtcNow(), ct);
                await audit.WriteAsync(session, AuditEntry.Own(AuditActions.SessionEnded, caller.UserId, ("others", others.Count.ToString(CultureInfo.InvariantCulture))), ct);
                return others;
            },
            ct);
        foreach (var id in ended)
        {
            states.Forget(id);
        }

        return ended.Count;
    }

    private static SessionView View(SessionRow row, CurrentCaller caller) =>
        new(row.Id, row.CreatedAt, row.LastUsedAt, row.ExpiresAt, row.UserAgent, row.Address, row.Id == caller.SessionId);
}
