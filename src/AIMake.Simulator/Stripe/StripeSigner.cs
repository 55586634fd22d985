using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Stripe;

/// <summary>Signs as Stripe does: <c>Stripe-Signature: t=…,v1=…</c> over the time and the raw body.</summary>
internal sealed class StripeSigner : IEventSigner
{
    public string Provider => "stripe";

    // Three days of back-off, shortened to minutes.
    public IReadOnlyList<int> RetryMs { get; } = [300, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000, 240_000];

    public bool Takes(int status) => status is >= 200 and < 300;

    public IEnumerable<(string Name, string Value)> Sign(string secret, byte[] body, string eventId, DateTimeOffset at, DeliverySetting setting)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{seconds}."), .. body]);
        yield return ("Stripe-Signature", $"t={seconds},v1={Convert.ToHexStringLower(signature)},v0={new string('0', 64)}");
    }
}
