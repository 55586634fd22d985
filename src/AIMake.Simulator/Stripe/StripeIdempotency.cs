using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Stripe;

/// <summary>Answers kept for their keys for a day, whatever they were.</summary>
internal sealed class StripeIdempotency(TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _kept = [];

    /// <summary>Claims a key for a call; the answer kept for it when there is one.</summary>
    /// <exception cref="StripeRefusal">The key is another call's, or its call is still running.</exception>
    public StripeAnswer? Claim(string key, string path, byte[] body)
    {
        var hash = Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{path}\n"), .. body]));
        lock (_gate)
        {
            if (_kept.GetValueOrDefault(key) is { } kept && time.GetUtcNow() - kept.At < KeptFor)
            {
                if (kept.Hash != hash)
                {
                    throw new StripeRefusal(400, "idempotency_error", null, null,
                        $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request.");
                }
                return kept.Answer ?? throw new StripeRefusal(409, "idempotency_error", "idempotency_key_in_use", null, "There is currently another in-progress request using this Idempotent Key.");
            }
            _kept[key] = new Kept(hash, time.GetUtcNow());
            return null;
        }
    }

    public void Keep(string key, StripeAnswer answer)
    {
        lock (_gate) _kept[key].Answer = answer;
    }

    public void Drop(string key)
    {
        lock (_gate) _kept.Remove(key);
    }

    private sealed class Kept(string hash, DateTimeOffset at)
    {
        public string Hash => hash;

        public DateTimeOffset At => at;

        public StripeAnswer? Answer { get; set; }
    }
}

/// <summary>What a call is answered.</summary>
internal sealed record StripeAnswer(int Status, byte[] Body);
