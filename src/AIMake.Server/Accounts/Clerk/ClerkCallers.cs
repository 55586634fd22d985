using AIMake.Accounts.Jwt;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Clerk;

/// <summary>
/// Recognises callers by Clerk's session tokens (version 2): RS256 by its published keys, exact issuer, a minute of life with ten seconds
/// of leeway, a party that is one of ours, a session that waits for nothing.
/// </summary>
internal sealed class ClerkCallers(ClerkOptions options, ForeignTokenVerifier verifier, ClerkUsers users, HttpOptions http, IServiceProvider services)
{
    // A minute is what Clerk gives; templates of its dashboard may give more.
    private static readonly TokenTimes Times = new(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));
    private const string Algorithm = "RS256";

    /// <summary>Whether a token can only be Clerk's: ours are never signed with public keys.</summary>
    public bool Speaks(SignedToken token) => options.IsOn && token.Algorithm == Algorithm;

    /// <returns>The caller, or why there is none: exactly one of both.</returns>
    public async ValueTask<(CurrentCaller? Caller, TokenRefusal? Refusal)> ResolveAsync(SignedToken token, CancellationToken ct)
    {
        var (claims, refusal) = await verifier.VerifyAsync(token, new ForeignTokenRules([options.Issuer!], options.Keys, Times), ct);
        if (claims is null)
        {
            return (null, refusal);
        }

        if (Judge(claims) is { } unfit)
        {
            return (null, unfit);
        }

        return Standing(await users.ResolveAsync(claims.Subject, ct)) is { } caller ? (caller, null) : (null, TokenRefusal.Revoked);
    }

    /// <summary>The caller at this moment, for what lasts longer than a token.</summary>
    public async ValueTask<CurrentCaller?> StillAsync(Guid userId, CancellationToken ct) => Standing(await users.FindAsync(userId, ct));

    private TokenRefusal? Judge(ForeignClaims claims)
    {
        if (claims.All.Text("sid") is not { Length: > 0 })
        {
            return TokenRefusal.Subject;
        }

        if (claims.All.Text("sts") == "pending")
        {
            return TokenRefusal.Pending;
        }

        return IsOurParty(claims) ? null : TokenRefusal.AuthorizedParty;
    }

    private bool IsOurParty(ForeignClaims claims)
    {
        if (!claims.All.TryGetProperty("azp", out _))
        {
            return options.AuthorizedParties.Length == 0;
        }

        var party = claims.All.Text("azp");
        return options.AuthorizedParties.Length > 0
            ? options.AuthorizedParties.Contains(party, StringComparer.Ordinal)
            : party == PublicAddress.Of(services) || http.CorsOrigins.Contains(party, StringComparer.Ordinal);
    }

    private static CurrentCaller? Standing(ClerkCallerState? state) =>
        state is { Status: "active" } ? new CurrentCaller(state.Id, SessionId: null, Enum.Parse<Role>(state.Role, ignoreCase: true)) : null;
}
