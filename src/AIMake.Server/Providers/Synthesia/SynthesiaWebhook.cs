using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Providers.Synthesia;

/// <summary>
/// Tells whether a delivery is Synthesia's: HMAC-SHA256 over <c>Synthesia-Timestamp</c>, a dot and the body as it came, in
/// lower-case hex in <c>Synthesia-Signature</c>. An event is only a reason to ask: what it says is read again from the API.
/// </summary>
internal static class SynthesiaWebhook
{
    public const string TimestampHeader = "Synthesia-Timestamp";

    public const string SignatureHeader = "Synthesia-Signature";

    /// <summary>How far the vendor's clock and ours may differ, delivery included.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <param name="secret">As told once, when the webhook was registered; nothing is genuine without one.</param>
    /// <param name="timestamp">The header's value; null when there is not exactly one.</param>
    /// <param name="signature">The header's value; null when there is not exactly one.</param>
    /// <param name="body">The bytes as they came, not parsed and written again.</param>
    public static WebhookVerdict Verify(string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(secret)) return WebhookVerdict.NotConfigured;
        if (timestamp is not { Length: > 0 and <= 12 } || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return WebhookVerdict.Forged;
        if (signature is not { Length: 64 } || !signature.All(c => char.IsAsciiHexDigitLower(c))) return WebhookVerdict.Forged;

        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        mac.AppendData(body);
        if (!CryptographicOperations.FixedTimeEquals(mac.GetHashAndReset(), Convert.FromHexString(signature))) return WebhookVerdict.Forged;
        return Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Tolerance.TotalSeconds ? WebhookVerdict.Genuine : WebhookVerdict.OutOfTime;
    }
}

/// <summary>What a delivery is.</summary>
internal enum WebhookVerdict
{
    /// <summary>No secret is known, so nothing can be believed.</summary>
    NotConfigured,

    /// <summary>The headers are missing or malformed, or the signature is not over these bytes.</summary>
    Forged,

    /// <summary>Signed by the vendor, but long ago or in the future: perhaps played again.</summary>
    OutOfTime,

    Genuine,
}
