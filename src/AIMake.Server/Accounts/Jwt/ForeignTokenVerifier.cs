using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AIMake.Accounts.Tokens;

namespace AIMake.Accounts.Jwt;

/// <summary>What a token of another issuer must be.</summary>
/// <param name="Issuers">Exact spellings of <c>iss</c>.</param>
/// <param name="Keys">Where its keys are published.</param>
/// <param name="Times">How long it may be good.</param>
internal sealed record ForeignTokenRules(IReadOnlyList<string> Issuers, Uri Keys, TokenTimes Times)
{
    /// <summary>Our name at the issuer, for ID tokens; null for tokens that carry no audience.</summary>
    public string? Audience { get; init; }

    /// <summary>What the ID token must repeat; null for other tokens.</summary>
    public string? Nonce { get; init; }
}

/// <summary>Who somebody is at an issuer. The pair of issuer and subject is the identity; an address never is.</summary>
/// <param name="All">Every claim, of a token that was verified.</param>
internal sealed record ForeignClaims(string Issuer, string Subject, JsonElement All);

/// <summary>
/// Reads tokens that others signed. As with our own, nothing is believed before the signature holds; after the checks of
/// <see cref="SignedToken"/>:
/// <list type="number">
/// <item><c>typ</c> is JWT or absent;</item>
/// <item><c>alg</c> is exactly RS256 or ES256;</item>
/// <item>the key is looked up by exact id in this issuer's own set;</item>
/// <item>the key's one algorithm is that of the token; weak keys are in no set (<see cref="VerificationKey"/>);</item>
/// <item>the signature has the length its algorithm gives it, and holds over the received characters;</item>
/// <item>only now the payload is parsed: strict, small, shallow;</item>
/// <item>issuer, audience and authorized party, times, subject, nonce.</item>
/// </list>
/// </summary>
internal sealed class ForeignTokenVerifier(IssuerKeys keys, TimeProvider clock)
{
    private const int MaxSubject = 255;
    private static readonly string[] Algorithms = ["RS256", "ES256"];

    /// <returns>The claims, or why not: exactly one of both.</returns>
    public async ValueTask<(ForeignClaims? Claims, TokenRefusal? Refusal)> VerifyAsync(string text, ForeignTokenRules rules, CancellationToken ct)
    {
        var (token, refusal) = SignedToken.Open(text);
        return token is null ? (null, refusal) : await VerifyAsync(token, rules, ct);
    }

    /// <returns>As the other, of a token already opened.</returns>
    public async ValueTask<(ForeignClaims? Claims, TokenRefusal? Refusal)> VerifyAsync(SignedToken token, ForeignTokenRules rules, CancellationToken ct)
    {
        if (!token.IsOfType("JWT", StringComparison.OrdinalIgnoreCase, orNone: true))
        {
            return (null, TokenRefusal.Type);
        }

        if (!Algorithms.Contains(token.Algorithm, StringComparer.Ordinal))
        {
            return (null, TokenRefusal.Algorithm);
        }

        if (!token.TryGetKeyId(out var kid) || await keys.FindAsync(rules.Keys, kid, ct) is not { } key)
        {
            return (null, TokenRefusal.KeyId);
        }

        if (!string.Equals(key.Algorithm, token.Algorithm, StringComparison.Ordinal))
        {
            return (null, TokenRefusal.Algorithm);
        }

        if (!key.Verifies(token.Signed, token.Signature))
        {
            return (null, TokenRefusal.Signature);
        }

        return token.ReadPayload() is { } claims ? Read(claims, rules) : (null, TokenRefusal.Payload);
    }

    private (ForeignClaims?, TokenRefusal?) Read(JsonElement claims, ForeignTokenRules rules)
    {
        if (claims.Text("iss") is not { } issuer || !rules.Issuers.Contains(issuer, StringComparer.Ordinal))
        {
            return (null, TokenRefusal.Issuer);
        }

        if (rules.Audience is { } audience && CheckAudience(claims, audience) is { } elsewhere)
        {
            return (null, elsewhere);
        }

        if (claims.CheckTimes(rules.Times, clock.GetUtcNow()) is { } refusal)
        {
            return (null, refusal);
        }

        if (claims.Text("sub") is not { Length: > 0 and <= MaxSubject } subject || subject.Any(char.IsControl))
        {
            return (null, TokenRefusal.Subject);
        }

        return rules.Nonce is { } nonce && !IsSame(claims.Text("nonce"), nonce)
            ? (null, TokenRefusal.Nonce)
            : (new ForeignClaims(rules.Issuers[0], subject, claims), null);
    }

    /// <summary>A token for several must say who asked for it; whoever is said to have asked must be us (OpenID Connect Core §3.1.3.7).</summary>
    private static TokenRefusal? CheckAudience(JsonElement claims, string audience)
    {
        if (!claims.IsFor(audience))
        {
            return TokenRefusal.Audience;
        }

        var several = claims.GetProperty("aud") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 1;
        return claims.TryGetProperty("azp", out _) || several
            ? claims.Text("azp") == audience ? null : TokenRefusal.AuthorizedParty
            : null;
    }

    private static bool IsSame(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
