using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Creem;

/// <summary>
/// <c>creem-signature: &lt;64 hex&gt;</c>: HMAC-SHA256 over the very bytes, without a time, so that an event's id must be remembered for ever. Where the
/// three headers of Standard Webhooks come too, both must hold; a request with neither is refused.
/// </summary>
internal static class CreemSignature
{
    public const string Header = "creem-signature";
    public const string StandardId = "webhook-id";
    public const string StandardTime = "webhook-timestamp";
    public const string Standard = "webhook-signature";
    public const int ToleranceSeconds = 300;
    private const int MostHeader = 2_000;
    private const string Prefix = "whsec_";

    /// <returns>The fault, or null when it is right. Faults: SIGNATURE_INVALID, TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Fault? Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        var (plain, triple) = (headers[Header], (Id: headers[StandardId], Time: headers[StandardTime], Signature: headers[Standard]));
        var hasTriple = triple.Id.Count + triple.Time.Count + triple.Signature.Count > 0;
        if (plain.Count == 0 && !hasTriple)
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        if (plain.Count > 0 && !(plain is [{ } hex] && Holds(hex, body, secrets)))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        return hasTriple ? CheckStandard([.. triple.Id.OfType<string>()], [.. triple.Time.OfType<string>()], [.. triple.Signature.OfType<string>()], body, secrets, now) : null;
    }

    /// <summary>32 bytes.</summary>
    public static byte[] Compute(string secret, ReadOnlySpan<byte> body) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body);

    private static bool Holds(string hex, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets)
    {
        var digits = hex.StartsWith("sha256=", StringComparison.Ordinal) ? hex["sha256=".Length..] : hex;
        if (digits.Length != 2 * HMACSHA256.HashSizeInBytes || !digits.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        var (given, right) = (Convert.FromHexString(digits), false);
        foreach (var secret in secrets)
        {
            right |= CryptographicOperations.FixedTimeEquals(Compute(secret, body), given);
        }

        return right;
    }

    private static Fault? CheckStandard(string[] id, string[] time, string[] signature, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (id is not [{ Length: > 0 and <= 255 } name] || time is not [{ Length: > 0 and <= 12 } stamp] || !stamp.All(char.IsAsciiDigit)
            || signature is not [{ Length: > 0 and <= MostHeader } list])
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{name}.{stamp}."), .. body];
        var right = false;
        foreach (var expected in secrets.Select(secret => HMACSHA256.HashData(StandardKey(secret), signed)))
        {
            foreach (var one in list.Split(' ').Where(part => part.StartsWith("v1,", StringComparison.Ordinal)))
            {
                var given = new byte[HMACSHA256.HashSizeInBytes];
                right |= Convert.TryFromBase64String(one[3..], given, out var length) && length == given.Length && CryptographicOperations.FixedTimeEquals(expected, given);
            }
        }

        return !right ? new Fault(FaultCodes.SignatureInvalid)
            : Math.Abs(now.ToUnixTimeSeconds() - long.Parse(stamp, CultureInfo.InvariantCulture)) > ToleranceSeconds ? new Fault(FaultCodes.TimestampOutOfTolerance, ToleranceSeconds)
            : null;
    }

    /// <summary>What stands behind <c>whsec_</c>, in base64; a secret that is none is the key itself.</summary>
    private static byte[] StandardKey(string secret)
    {
        var bare = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var buffer = new byte[bare.Length];
        return Convert.TryFromBase64String(bare, buffer, out var length) && length > 0 ? buffer[..length] : Encoding.UTF8.GetBytes(secret);
    }
}
