using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Secrets;

/// <summary>
/// Signatures in the way of Standard Webhooks: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>, in the headers
/// <c>…-id</c>, <c>…-timestamp</c> (seconds) and <c>…-signature</c>. Several stand in one header, a space between, while a secret is changed; any
/// that fits will do. Source: Standard Webhooks, and Svix's libraries.
/// </summary>
internal static class StandardWebhook
{
    /// <summary>How far a notice's time may be from ours, to either side, the end included.</summary>
    public const int ToleranceSeconds = 300;

    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private const int MaxId = 255;
    private const int MaxSignatures = 10;
    private const long LastSecond = 253_402_300_799;

    /// <summary>The key inside a secret, in base64 behind <c>whsec_</c>; null when it is none.</summary>
    /// <param name="least">Bytes; a shorter one is none.</param>
    public static byte[]? KeyOf(string secret, int least)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= least ? bytes[..length] : null;
    }

    /// <param name="keys">While one is being changed, both.</param>
    /// <param name="family">What the headers' names begin with, e.g. <c>webhook</c>.</param>
    /// <param name="body">Exactly as received.</param>
    /// <returns>The notice's id, the same on every repeat; or SIGNATURE_INVALID or TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Outcome<string> Check(IReadOnlyList<byte[]> keys, IHeaderDictionary headers, string family, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (headers[$"{family}-id"] is not [{ Length: > 0 and <= MaxId } id] || headers[$"{family}-timestamp"] is not [{ } timestamp] || headers[$"{family}-signature"] is not [{ } signatures]
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var right = false;
        foreach (var key in keys)
        {
            var digest = HMACSHA256.HashData(key, signed);
            foreach (var signature in signatures.Split(' ', MaxSignatures))
            {
                right |= Fits(signature, digest);
            }
        }

        return !right ? new Fault(FaultCodes.SignatureInvalid)
            : sent <= LastSecond && Math.Abs(now.ToUnixTimeSeconds() - sent) <= ToleranceSeconds ? id
            : new Fault(FaultCodes.TimestampOutOfTolerance, ToleranceSeconds);
    }

    private static bool Fits(string signature, byte[] digest)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length) && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, digest);
    }
}
