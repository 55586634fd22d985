using AIMake.Accounts.Profile;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Database;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Sessions;

/// <summary>A session about to be stored. Its ids and secrets exist before the transaction, so that a repeated one stores the same.</summary>
internal sealed record SessionDraft(Guid SessionId, Guid UserId, Client Client, OpaqueToken Refresh, DateTimeOffset Now, DateTimeOffset RefreshExpiresAt, DateTimeOffset ExpiresAt);

/// <summary>A session with what its owner gets to keep it: the answer, and the refresh token for the cookie.</summary>
internal sealed record SessionGrant(UserProfile User, IssuedToken Access, OpaqueToken Refresh, DateTimeOffset RefreshExpiresAt);

/// <summary>Makes sessions and the tokens that continue them.</summary>
internal sealed class SessionIssuer(AccessTokens tokens, TimeProvider clock)
{
    /// <summary>A session not used for this long is over.</summary>
    public static readonly TimeSpan Sliding = TimeSpan.FromDays(30);

    /// <summary>No session lasts longer, however much it is used.</summary>
    public static readonly TimeSpan Absolute = TimeSpan.FromDays(90);

    /// <summary>Ended sessions stay this long, so that their tokens are still recognised.</summary>
    public static readonly TimeSpan KeepEnded = TimeSpan.FromDays(30);

    public SessionDraft Draft(Guid userId, Client client)
    {
        var now = clock.GetUtcNow();
        return new SessionDraft(Guid.CreateVersion7(now), userId, client, OpaqueToken.New(), now, now + Sliding, now + Absolute);
    }

    public async Task StoreAsync(DbSession session, SessionDraft draft, CancellationToken ct)
    {
        var row = new SessionRow
        {
            Id = draft.SessionId,
            UserId = draft.UserId,
            Address = draft.Client.Address,
            UserAgent = draft.Client.Device,
            CreatedAt = draft.Now,
            ExpiresAt = draft.ExpiresAt,
        };
        await SessionStore.InsertAsync(session, row, ct);
        await RefreshTokenStore.InsertAsync(session, draft.Refresh.Digest, draft.SessionId, parent: null, draft.Now, draft.RefreshExpiresAt, ct);
    }

    public SessionGrant Grant(SessionDraft draft, UserProfile user, int epoch) =>
        new(user, tokens.Issue(draft.UserId, draft.SessionId, epoch), draft.Refresh, draft.RefreshExpiresAt);
}
