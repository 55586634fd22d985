using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Creem;

/// <summary>Signs as Creem does: <c>creem-signature</c> over the raw body; with the three headers of Standard Webhooks where a switch asks for them.</summary>
internal sealed class CreemSigner : IEventSigner
{
    public string Provider => "creem";

    // 30 s, 5 min, 30 min and 6 h, sixty times as fast. Then never again.
    public IReadOnlyList<int> RetryMs { get; } = [500, 5_000, 30_000, 360_000];

    public bool Takes(int status) => status == 200;

    public IEnumerable<(string Name, string Value)> Sign(string secret, byte[] body, string eventId, DateTimeOffset at, DeliverySetting setting)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        yield return ("creem-signature", Convert.ToHexStringLower(HMACSHA256.HashData(key, body)));
        if (!setting.Triple) yield break;
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var standard = HMACSHA256.HashData(StandardKey(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{eventId}.{seconds}."), .. body]);
        yield return ("webhook-id", eventId);
        yield return ("webhook-timestamp", seconds);
        yield return ("webhook-signature", $"v1,{Convert.ToBase64String(standard)}");
    }

    /// <summary>What stands behind <c>whsec_</c>, in base64; a secret that is none is the key itself.</summary>
    private static byte[] StandardKey(string secret)
    {
        var bare = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret;
        var buffer = new byte[bare.Length];
        return Convert.TryFromBase64String(bare, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(bare);
    }
}
