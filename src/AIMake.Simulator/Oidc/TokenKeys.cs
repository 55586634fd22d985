using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Oidc;

/// <summary>The signing keys of simulated issuers, by name; each has one at a time and can change it.</summary>
internal sealed class TokenKeys
{
    private readonly ConcurrentDictionary<string, (RSA Key, string Kid)> _keys = new();
    private readonly RSA _foreign = RSA.Create(2048);

    /// <summary>A new key; tokens of the old one are no longer good.</summary>
    public void Rotate(string issuer) => _keys[issuer] = New();

    /// <summary>As published (RFC 7517 §5).</summary>
    public JsonObject Set(string issuer)
    {
        var (key, kid) = Of(issuer);
        var parameters = key.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["use"] = "sig", ["kty"] = "RSA", ["kid"] = kid, ["alg"] = "RS256",
                ["n"] = Base64Url.EncodeToString(parameters.Modulus!), ["e"] = Base64Url.EncodeToString(parameters.Exponent!),
            }),
        };
    }

    /// <summary>A JWT, or one that is wrong in the way named.</summary>
    /// <param name="fault"><c>alg_none</c>, <c>hs256</c> (signed with the public key), <c>unknown_kid</c>, <c>foreign_key</c> (signed by somebody else); others leave the signature right.</param>
    public string Sign(string issuer, JsonObject payload, string? fault)
    {
        var (key, kid) = Of(issuer);
        var header = new JsonObject
        {
            ["alg"] = fault switch { "alg_none" => "none", "hs256" => "HS256", _ => "RS256" }, ["typ"] = "JWT", ["kid"] = fault is "unknown_kid" ? "never-seen" : kid,
        };
        var signed = $"{Encode(header)}.{Encode(payload)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        return fault switch
        {
            "alg_none" => $"{signed}.",
            "hs256" => $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), bytes))}",
            _ => $"{signed}.{Base64Url.EncodeToString((fault is "foreign_key" ? _foreign : key).SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}",
        };
    }

    private (RSA Key, string Kid) Of(string issuer) => _keys.GetOrAdd(issuer, static _ => New());

    private static (RSA, string) New() => (RSA.Create(2048), RandomNumberGenerator.GetHexString(24, lowercase: true));

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
