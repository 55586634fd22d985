using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Tokens;

/// <summary>A fresh access token and its life in seconds.</summary>
internal sealed record IssuedToken(string Token, int ExpiresIn);

/// <summary>Issues this installation's access tokens: JWT, HS256, 15 minutes.</summary>
internal sealed class AccessTokens(SecretKeys keys, TimeProvider clock)
{
    public const string Type = "at+jwt";
    public const string Algorithm = "HS256";
    public const string Issuer = "aimake";
    public const string Audience = "aimake-api";
    public static readonly TimeSpan Life = KeyPurpose.AccessToken.MaxLife;

    public IssuedToken Issue(Guid userId, Guid sessionId, int epoch)
    {
        var now = clock.GetUtcNow();
        var issued = now.ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = Algorithm, typ = Type, kid = keys.AccessTokens.Signer.Kid });
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Issuer,
            aud = Audience,
            sub = userId.ToString(),
            sid = sessionId.ToString(),
            jti = Guid.CreateVersion7(now).ToString(),
            iat = issued,
            nbf = issued,
            exp = issued + (long)Life.TotalSeconds,
            sv = epoch,
        });
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        var signature = keys.AccessTokens.Signer.Sign(Encoding.ASCII.GetBytes(signed));
        return new IssuedToken($"{signed}.{Base64Url.EncodeToString(signature)}", (int)Life.TotalSeconds);
    }
}
