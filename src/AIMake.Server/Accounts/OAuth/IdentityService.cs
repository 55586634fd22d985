using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.OAuth;

/// <summary>Whom the user is somewhere else, and may sign in as.</summary>
/// <param name="Provider">As in the list of providers.</param>
/// <param name="DisplayName">The provider's.</param>
/// <param name="Label">A name or an address there; null where the provider told none.</param>
/// <param name="LastUsedAt">UTC; last sign-in through it, or when it was linked.</param>
public sealed record IdentityView(Guid Id, string Provider, string DisplayName, string? Label, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt);

/// <summary>Lists and unlinks a user's identities.</summary>
internal sealed class IdentityService(Database database, OAuthProviders providers, WaysIn waysIn, IAuditLog audit, ILogger<IdentityService> log)
{
    public Task<IdentityView[]> ListAsync(Guid userId, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot, async session => (await IdentityStore.ListAsync(session, userId, ct)).Select(View).ToArray(), ct);

    /// <summary>NOT_FOUND when it is somebody else's; LAST_WAY_IN when the account could not be entered any more.</summary>
    public async Task<Outcome<Done>> UnlinkAsync(Guid userId, Guid id, CancellationToken ct)
    {
        var outcome = await database.TryTransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                if (await IdentityStore.DeleteAsync(session, id, userId, ct) is not { } provider)
                {
                    return new Fault(FaultCodes.NotFound);
                }

                await audit.WriteAsync(session, AuditEntry.Own(AuditActions.IdentityUnlinked, userId, ("provider", provider)), ct);
                return await waysIn.CountAsync(session, userId, ct) > 0 ? (Outcome<string>)provider : OAuthFaults.LastWayIn(); // a fault takes the deletion back
            },
            ct);
        if (outcome.Ok)
        {
            AccountsLog.IdentityUnlinked(log, outcome.Value, userId);
        }

        return outcome.Select(_ => Done.Value);
    }

    private IdentityView View(IdentityRow row) =>
        new(row.Id, row.Provider, providers.Find(row.Provider)?.DisplayName ?? row.Provider, row.Label, row.CreatedAt, row.LastUsedAt);
}

internal static class IdentityEndpoints
{
    public static async Task<ApiResult<Page<IdentityView>>> List(CurrentCaller caller, IdentityService identities, CancellationToken ct) =>
        new Page<IdentityView>(await identities.ListAsync(caller.UserId, ct), null);

    public static async Task<ApiResult<object?>> Unlink(Guid id, CurrentCaller caller, IdentityService identities, CancellationToken ct) =>
        ApiResult.From((await identities.UnlinkAsync(caller.UserId, id, ct)).Select(_ => (object?)null));
}
