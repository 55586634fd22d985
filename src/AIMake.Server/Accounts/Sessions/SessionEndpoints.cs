using AIMake.Platform.Http;

namespace AIMake.Accounts.Sessions;

/// <summary>How many sessions were ended.</summary>
public sealed record EndedSessions(int Ended);

internal static class SessionEndpoints
{
    public static async Task<ApiResult<Page<SessionView>>> List(CurrentCaller caller, SessionService sessions, CancellationToken ct) =>
        new Page<SessionView>(await sessions.ListAsync(caller, ct), null);

    public static async Task<ApiResult<SessionView>> Find(Guid id, CurrentCaller caller, SessionService sessions, CancellationToken ct) =>
        ApiResult.From(await sessions.FindAsync(caller, id, ct));

    public static async Task<ApiResult<object?>> End(Guid id, CurrentCaller caller, SessionService sessions, CancellationToken ct) =>
        ApiResult.From((await sessions.EndAsync(caller.UserId, id, "revoked", ct)).Select(_ => (object?)null));

    public static async Task<ApiResult<EndedSessions>> EndOthers(CurrentCaller caller, SessionService sessions, CancellationToken ct) =>
        new EndedSessions(await sessions.EndOthersAsync(caller, ct));
}
