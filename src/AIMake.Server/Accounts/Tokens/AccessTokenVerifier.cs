using System.Text.Json;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Tokens;

/// <summary>
/// Reads this installation's access tokens. The order of the checks is the point: nothing inside a token is believed, and almost
/// nothing of it is parsed, before its signature holds. After those of <see cref="SignedToken"/>:
/// <list type="number">
/// <item><c>typ</c> and <c>alg</c> are exactly ours;</item>
/// <item>the key is looked up by exact id in the one ring of access token keys, which knows HMAC-SHA256 only;</item>
/// <item>the signature has 32 bytes and holds over the received characters;</item>
/// <item>only now the payload is parsed: strict, small, shallow;</item>
/// <item>issuer, audience, times (60 s of leeway), a life no longer than we issue, subject, session, epoch.</item>
/// </list>
/// Whether the session still lives is the middleware's question.
/// </summary>
internal sealed class AccessTokenVerifier(SecretKeys keys, TimeProvider clock)
{
    private static readonly TokenTimes Times = new(AccessTokens.Life, TimeSpan.FromMinutes(1), StartRequired: true);

    /// <returns>The claims, or why not: exactly one of both.</returns>
    public (AccessClaims? Claims, TokenRefusal? Refusal) Verify(string text)
    {
        var (token, refusal) = SignedToken.Open(text);
        return token is null ? (null, refusal) : Verify(token);
    }

    /// <returns>As the other, of a token already opened.</returns>
    public (AccessClaims? Claims, TokenRefusal? Refusal) Verify(SignedToken token)
    {
        if (!token.IsOfType(AccessTokens.Type))
        {
            return (null, TokenRefusal.Type);
        }

        if (token.Algorithm != AccessTokens.Algorithm)
        {
            return (null, TokenRefusal.Algorithm);
        }

        if (!token.TryGetKeyId(out var kid) || keys.AccessTokens.Find(kid) is not { } key)
        {
            return (null, TokenRefusal.KeyId);
        }

        if (!key.Verifies(token.Signed, token.Signature))
        {
            return (null, TokenRefusal.Signature);
        }

        return token.ReadPayload() is { } claims ? Read(claims) : (null, TokenRefusal.Payload);
    }

    private (AccessClaims?, TokenRefusal?) Read(JsonElement claims)
    {
        if (claims.Text("iss") != AccessTokens.Issuer)
        {
            return (null, TokenRefusal.Issuer);
        }

        if (!claims.IsFor(AccessTokens.Audience))
        {
            return (null, TokenRefusal.Audience);
        }

        if (claims.CheckTimes(Times, clock.GetUtcNow()) is { } refusal)
        {
            return (null, refusal);
        }

        return Guid.TryParseExact(claims.Text("sub"), "D", out var user)
            && Guid.TryParseExact(claims.Text("sid"), "D", out var session)
            && Guid.TryParseExact(claims.Text("jti"), "D", out var id)
            && claims.Number("sv") is > 0 and <= int.MaxValue and var epoch
                ? (new AccessClaims(user, session, id, (int)epoch), null)
                : (null, TokenRefusal.Subject);
    }
}
