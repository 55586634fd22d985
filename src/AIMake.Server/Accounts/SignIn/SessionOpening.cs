using AIMake.Accounts.Profile;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.SignIn;

/// <summary>
/// Opens a session for a user who has proved who they are. Every way in ends here, so that a disabled account and a second
/// factor hold whichever way somebody came.
/// </summary>
internal sealed class SessionOpening(
    Database database, ISecondFactor secondFactor, SessionIssuer issuer, ICreditsGlance credits, IAuditLog audit, TimeProvider clock,
    ILogger<SessionOpening> log)
{
    /// <param name="row">The user as read when the proof was made.</param>
    /// <param name="rehash">A fresh hash of the password, to replace an old one; null keeps it.</param>
    /// <param name="code">Code of the second factor, where one was given.</param>
    /// <returns>The session, ACCOUNT_DISABLED, what the second factor says, or INVALID_CREDENTIALS when the account changed meanwhile.</returns>
    public async Task<Outcome<SessionGrant>> OpenAsync(UserRow row, string? rehash, string? code, Client client, CancellationToken ct)
    {
        if (!row.IsActive)
        {
            return new Fault(FaultCodes.AccountDisabled);
        }

        if (await secondFactor.CheckAsync(row, code, client, ct) is { } missing)
        {
            return missing;
        }

        var draft = issuer.Draft(row.Id, client);
        var outcome = await database.TryTransactAsync(DbPurpose.Hot, session => StoreAsync(session, row, rehash, draft, ct), ct);
        if (outcome.Ok)
        {
            AccountsLog.SignedIn(log, row.Id, draft.SessionId);
        }

        return outcome;
    }

    private async Task<Outcome<SessionGrant>> StoreAsync(DbSession session, UserRow row, string? rehash, SessionDraft draft, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!await Users.MarkLoginAsync(session, row, rehash, now, ct))
        {
            return new Fault(FaultCodes.InvalidCredentials); // changed or disabled while we compared
        }

        await SessionStore.PurgeAsync(session, row.Id, now - SessionIssuer.KeepEnded, ct);
        await issuer.StoreAsync(session, draft, ct);
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.SignedIn, row.Id, ("session", draft.SessionId.ToString())), ct);
        var profile = UserProfile.From(row, await credits.ReadAsync(session, row.Id, ct));
        return issuer.Grant(draft, profile, row.SecurityEpoch);
    }
}
