using AIMake.Accounts.Profile;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Sessions;

/// <summary>
/// Trades a refresh token for the next one, once. A token that comes back within ten seconds lost a race between tabs and
/// is told so; one that comes back later is in two hands, and the session ends for both.
/// </summary>
internal sealed class RefreshService(
    Database database, AccessTokens tokens, CallerStates states, ICreditsGlance credits, IAuditLog audit, TimeProvider clock, ILogger<RefreshService> log)
{
    /// <summary>How long after its use a token counts as the loser of a race.</summary>
    public static readonly TimeSpan Race = TimeSpan.FromSeconds(10);

    public async Task<Outcome<SessionGrant>> RefreshAsync(OpaqueToken token, Client client, CancellationToken ct)
    {
        var next = OpaqueToken.New();
        var now = clock.GetUtcNow();
        var outcome = await database.TryTransactAsync(DbPurpose.Hot, session => RotateAsync(session, token, next, client, now, ct), ct);
        if (outcome.Fault?.Code == FaultCodes.RefreshReused)
        {
            await EndFamilyAsync(token, now, CancellationToken.None); // hanging up must not save the session
        }

        return outcome;
    }

    /// <summary>Ends the session behind a refresh token, whatever became of the token itself.</summary>
    public async Task EndAsync(OpaqueToken token, CancellationToken ct)
    {
        var family = await database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                var row = await RefreshTokenStore.FindAsync(session, token.Digest, ct);
                if (row is null || !await SessionStore.EndAsync(session, row.Family, row.UserId, "logout", clock.GetUtcNow(), ct))
                {
                    return (Guid?)null;
                }

                await audit.WriteAsync(session, AuditEntry.Of(AuditActions.SignedOut, "session", row.Family.ToString()) with { Actor = row.UserId }, ct);
                return row.Family;
            },
            ct);
        if (family is { } id)
        {
            states.Forget(id);
        }
    }

    private async Task<Outcome<SessionGrant>> RotateAsync(
        DbSession session, OpaqueToken token, OpaqueToken next, Client client, DateTimeOffset now, CancellationToken ct)
    {
        var used = await RefreshTokenStore.UseAsync(session, token.Digest, next.Digest, now, ct);
        var row = await RefreshTokenStore.FindAsync(session, token.Digest, ct);

        // The commit of an earlier run of this unit may have succeeded though its answer was lost.
        var ours = used is not null || row?.ReplacedBy?.AsSpan().SequenceEqual(next.Digest) == true;
        if (!ours || row is null)
        {
            return Refusal(row, now);
        }

        var user = await Users.FindAsync(session, row.UserId, ct);
        if (user is not { IsActive: true } || !await SessionStore.TouchAsync(session, row.Family, client.Address, now, ct))
        {
            return new Fault(FaultCodes.RefreshInvalid);
        }

        var expires = now + SessionIssuer.Sliding < row.SessionExpiresAt ? now + SessionIssuer.Sliding : row.SessionExpiresAt;
        if (used is not null)
        {
            await RefreshTokenStore.InsertAsync(session, next.Digest, row.Family, token.Digest, now, expires, ct);
        }

        var profile = UserProfile.From(user, await credits.ReadAsync(session, user.Id, ct));
        return new SessionGrant(profile, tokens.Issue(user.Id, row.Family, user.SecurityEpoch), next, expires);
    }

    private static Fault Refusal(RefreshTokenRow? row, DateTimeOffset now) => row switch
    {
        { EndedAt: null, UsedAt: { } used } when now - used <= Race => new Fault(FaultCodes.RefreshInProgress) { RetryAfter = TimeSpan.FromSeconds(1) },
        { UsedAt: not null } => new Fault(FaultCodes.RefreshReused),
        _ => new Fault(FaultCodes.RefreshInvalid),
    };

    private async Task EndFamilyAsync(OpaqueToken token, DateTimeOffset now, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Hot, session => RefreshTokenStore.FindAsync(session, token.Digest, ct), ct);
        if (row is not null && await database.TransactAsync(DbPurpose.Hot, session => EndReusedAsync(session, row, now, ct), ct))
        {
            states.Forget(row.Family);
            AccountsLog.RefreshReused(log, row.Family, row.UserId);
        }
    }

    private Task<bool> EndReusedAsync(DbSession session, RefreshTokenRow row, DateTimeOffset now, CancellationToken ct) =>
        SessionStore.EndAsync(session, row.Family, row.UserId, "reuse", now, ct).ThenAsync(() => audit.WriteAsync(
            session, AuditEntry.Of(AuditActions.SessionEnded, "session", row.Family.ToString(), ("why", "reuse")) with { Actor = row.UserId }, ct));
}
