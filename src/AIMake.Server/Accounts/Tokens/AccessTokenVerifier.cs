using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Tokens;

/// <summary>
/// Reads access tokens. The order of the checks is the point: nothing inside a token is believed, and almost nothing of it
/// is parsed, before its signature holds.
/// <list type="number">
/// <item>at most 8 KB, exactly two dots;</item>
/// <item>each part has exactly one spelling (<see cref="StrictBase64Url"/>);</item>
/// <item>the header is a small flat JSON object without duplicates;</item>
/// <item>members that bring keys, extensions or compression along are refused;</item>
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
    private const int MaxToken = 8 * 1024;
    private const int MaxHeader = 1024;
    private const int MaxPayload = 6 * 1024;
    private const int MaxKid = 64;
    private const long LeewaySeconds = 60;
    private const long MaxTime = 253_402_300_799; // 9999-12-31T23:59:59Z
    private static readonly string[] ForbiddenHeaders = ["crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c"];

    /// <returns>The claims, or why not: exactly one of both.</returns>
    public (AccessClaims? Claims, TokenRefusal? Refusal) Verify(string token)
    {
        if (token.Length > MaxToken || token.AsSpan().Count('.') != 2)
        {
            return (null, TokenRefusal.Shape);
        }

        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (!StrictBase64Url.TryDecode(token.AsSpan(0, first), out var header)
            || !StrictBase64Url.TryDecode(token.AsSpan(first + 1, last - first - 1), out var payload)
            || !StrictBase64Url.TryDecode(token.AsSpan(last + 1), out var signature))
        {
            return (null, TokenRefusal.Encoding);
        }

        if (CheckHeader(header, out var key) is { } refusal)
        {
            return (null, refusal);
        }

        return key!.Verifies(Encoding.ASCII.GetBytes(token, 0, last), signature)
            ? ReadPayload(payload)
            : (null, TokenRefusal.Signature);
    }

    private TokenRefusal? CheckHeader(byte[] bytes, out HmacKey? key)
    {
        key = null;
        using var document = Parse(bytes, MaxHeader, maxDepth: 2);
        if (document is null)
        {
            return TokenRefusal.Header;
        }

        var header = document.RootElement;
        if (Array.Exists(ForbiddenHeaders, name => header.TryGetProperty(name, out _)))
        {
            return TokenRefusal.ForbiddenHeader;
        }

        if (Text(header, "typ") != AccessTokens.Type)
        {
            return TokenRefusal.Type;
        }

        if (Text(header, "alg") != AccessTokens.Algorithm)
        {
            return TokenRefusal.Algorithm;
        }

        var named = header.TryGetProperty("kid", out _);
        var kid = Text(header, "kid");
        key = (named && kid is null) || kid?.Length > MaxKid ? null : keys.AccessTokens.Find(kid);
        return key is null ? TokenRefusal.KeyId : null;
    }

    private (AccessClaims?, TokenRefusal?) ReadPayload(byte[] bytes)
    {
        using var document = Parse(bytes, MaxPayload, maxDepth: 8);
        if (document is null)
        {
            return (null, TokenRefusal.Payload);
        }

        var claims = document.RootElement;
        if (Text(claims, "iss") != AccessTokens.Issuer)
        {
            return (null, TokenRefusal.Issuer);
        }

        if (!IsForUs(claims))
        {
            return (null, TokenRefusal.Audience);
        }

        if (CheckTimes(claims) is { } refusal)
        {
            return (null, refusal);
        }

        return Guid.TryParseExact(Text(claims, "sub"), "D", out var user)
            && Guid.TryParseExact(Text(claims, "sid"), "D", out var session)
            && Guid.TryParseExact(Text(claims, "jti"), "D", out var id)
            && Number(claims, "sv") is > 0 and <= int.MaxValue and var epoch
                ? (new AccessClaims(user, session, id, (int)epoch), null)
                : (null, TokenRefusal.Subject);
    }

    private TokenRefusal? CheckTimes(JsonElement claims)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Number(claims, "exp") is not (>= 0 and <= MaxTime and var expires) || Number(claims, "iat") is not (>= 0 and <= MaxTime and var issued)
            || Number(claims, "nbf") is not (>= 0 and <= MaxTime and var starts))
        {
            return TokenRefusal.Payload;
        }

        if (now >= expires + LeewaySeconds)
        {
            return TokenRefusal.Expired;
        }

        if (starts > now + LeewaySeconds || issued > now + LeewaySeconds)
        {
            return TokenRefusal.NotYetValid;
        }

        return expires - issued > (long)AccessTokens.Life.TotalSeconds || expires <= issued ? TokenRefusal.Lifetime : null;
    }

    private static bool IsForUs(JsonElement claims) => claims.TryGetProperty("aud", out var audience) && audience.ValueKind switch
    {
        JsonValueKind.String => audience.ValueEquals(AccessTokens.Audience),
        JsonValueKind.Array => audience.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(AccessTokens.Audience)),
        _ => false,
    };

    private static JsonDocument? Parse(byte[] bytes, int limit, int maxDepth)
    {
        if (bytes.Length > limit || !Utf8.IsValid(bytes))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a surrogate pair in a name
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped lone surrogate
        }
    }

    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
