using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Clerk;

/// <summary>
/// The signature of a notice sent through Svix: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>. Several stand in
/// one header, a space between, while a secret is changed; any that fits will do. Source: Standard Webhooks, and Svix's libraries.
/// </summary>
internal static class SvixSignature
{
    /// <summary>How far a notice's time may be from ours, to either side, the end included.</summary>
    public const long ToleranceSeconds = 300;

    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private const int MinKeyBytes = 16;
    private const int MaxId = 255;
    private const int MaxSignatures = 10;

    /// <summary>The key inside a secret; null when it is none.</summary>
    public static byte[]? KeyOf(string secret)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= MinKeyBytes ? bytes[..length] : null;
    }

    /// <param name="headers">With the names <c>svix-…</c>, or <c>webhook-…</c> where there are none of those.</param>
    /// <param name="body">Exactly as received.</param>
    /// <returns>The notice's id, the same on every repeat; or SIGNATURE_INVALID or TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Outcome<string> Check(byte[] key, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var family = headers.ContainsKey("svix-id") ? "svix" : "webhook";
        if (headers[$"{family}-id"] is not [{ Length: > 0 and <= MaxId } id] || headers[$"{family}-timestamp"] is not [{ } timestamp] || headers[$"{family}-signature"] is not [{ } signatures]
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var digest = HMACSHA256.HashData(key, signed);
        if (!signatures.Split(' ', MaxSignatures).Any(s => Fits(s, digest)))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        return sent <= 253_402_300_799 && Math.Abs(now.ToUnixTimeSeconds() - sent) <= ToleranceSeconds ? id : new Fault(FaultCodes.TimestampOutOfTolerance, ToleranceSeconds);
    }

    private static bool Fits(string signature, byte[] digest)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length) && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, digest);
    }
}
