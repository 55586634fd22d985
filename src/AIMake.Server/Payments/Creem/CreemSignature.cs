using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;

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

    /// <returns>The fault, or null when it is right. Faults: SIGNATURE_INVALID, TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Fault? Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        var plain = headers[Header];
        var hasTriple = headers.ContainsKey(StandardId) || headers.ContainsKey(StandardTime) || headers.ContainsKey(Standard);
        if (plain.Count == 0 && !hasTriple)
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        if (plain.Count > 0 && !(plain is [{ } hex] && Holds(hex, body, secrets)))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        return hasTriple ? StandardWebhook.Check([.. secrets.Select(StandardKey)], headers, "webhook", body, now).Fault : null;
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

    /// <summary>What stands behind <c>whsec_</c>, in base64; a secret that is none is the key itself.</summary>
    private static byte[] StandardKey(string secret) => StandardWebhook.KeyOf(secret, least: 1) ?? Encoding.UTF8.GetBytes(secret);
}
