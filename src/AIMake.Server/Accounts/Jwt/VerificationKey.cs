using System.Security.Cryptography;
using System.Text.Json;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Jwt;

/// <summary>
/// Somebody else's public key. It knows one algorithm, which no token can change; a key of ours, which is a secret, is another type
/// (<see cref="HmacKey"/>) in another ring. Immutable.
/// </summary>
internal abstract class VerificationKey(string? kid)
{
    public string? Kid { get; } = kid;

    /// <summary><c>RS256</c> or <c>ES256</c>.</summary>
    public abstract string Algorithm { get; }

    public bool Verifies(byte[] message, byte[] signature)
    {
        try
        {
            return Check(message, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>
    /// Reads one member of a JWK set (RFC 7517 §4, RFC 7518 §6). Null for what cannot verify here: keys for encryption, other types
    /// and curves, weak ones, those meant for another algorithm.
    /// </summary>
    public static VerificationKey? From(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.Text("use") != "sig" || !MayVerify(jwk))
        {
            return null;
        }

        var kid = jwk.Text("kid");
        if (kid is null && jwk.TryGetProperty("kid", out _))
        {
            return null;
        }

        VerificationKey? key = jwk.Text("kty") switch
        {
            "RSA" => RsaKey.From(kid, jwk),
            "EC" => EcKey.From(kid, jwk),
            _ => null,
        };
        return jwk.TryGetProperty("alg", out _) && jwk.Text("alg") != key?.Algorithm ? null : key;
    }

    protected abstract bool Check(byte[] message, byte[] signature);

    private static bool MayVerify(JsonElement jwk) => !jwk.TryGetProperty("key_ops", out var uses)
        || (uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(u => u.ValueKind == JsonValueKind.String && u.ValueEquals("verify")));

    private static byte[]? Bytes(JsonElement jwk, string name) => StrictBase64Url.TryDecode(jwk.Text(name), out var bytes) ? bytes : null;

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 2048 to 8192 bits.</summary>
    private sealed class RsaKey(string? kid, RSAParameters parameters) : VerificationKey(kid)
    {
        private const int MinBits = 2048;
        private const int MaxBits = 8192;
        private const int MaxExponentBytes = 8;

        public override string Algorithm => "RS256";

        public static RsaKey? From(string? kid, JsonElement jwk) =>
            Bytes(jwk, "n") is { } modulus && Bytes(jwk, "e") is { } exponent && IsStrong(modulus) && IsExponent(exponent)
                ? new RsaKey(kid, new RSAParameters { Modulus = modulus, Exponent = exponent })
                : null;

        // A key object is made for each use: those of the framework are not promised to be safe from several threads.
        protected override bool Check(byte[] message, byte[] signature)
        {
            using var rsa = RSA.Create(parameters);
            return signature.Length == parameters.Modulus!.Length
                && rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        private static bool IsStrong(byte[] modulus)
        {
            var bits = modulus[0] == 0 ? 0 : (modulus.Length * 8) - byte.LeadingZeroCount(modulus[0]);
            return bits is >= MinBits and <= MaxBits && (modulus[^1] & 1) == 1;
        }

        private static bool IsExponent(byte[] exponent) =>
            exponent.Length <= MaxExponentBytes && exponent[0] != 0 && (exponent[^1] & 1) == 1
            && exponent.Aggregate(0UL, (sum, part) => (sum << 8) | part) >= 65_537;
    }

    /// <summary>ECDSA with SHA-256 on P-256; the signature is r and s, 32 bytes each.</summary>
    private sealed class EcKey(string? kid, ECParameters parameters) : VerificationKey(kid)
    {
        private const int Coordinate = 32;

        public override string Algorithm => "ES256";

        public static EcKey? From(string? kid, JsonElement jwk)
        {
            if (jwk.Text("crv") != "P-256" || Bytes(jwk, "x") is not { Length: Coordinate } x || Bytes(jwk, "y") is not { Length: Coordinate } y)
            {
                return null;
            }

            var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
            try
            {
                using var known = ECDsa.Create(parameters); // a point beside the curve is refused here
                return new EcKey(kid, parameters);
            }
            catch (CryptographicException)
            {
                return null;
            }
        }

        protected override bool Check(byte[] message, byte[] signature)
        {
            using var ecdsa = ECDsa.Create(parameters);
            return signature.Length == 2 * Coordinate
                && ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
