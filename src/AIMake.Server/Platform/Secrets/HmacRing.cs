using System.Security.Cryptography;

namespace AIMake.Platform.Secrets;

/// <summary>One symmetric key. It knows no algorithm but HMAC-SHA256: a token cannot choose another for it.</summary>
internal sealed class HmacKey
{
    public const int MinBytes = 32;
    private readonly byte[] _bytes;

    public HmacKey(string kid, byte[] bytes, DateTimeOffset? until)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, MinBytes);
        Kid = kid;
        _bytes = bytes;
        Until = until;
    }

    public string Kid { get; }

    /// <summary>Null for the signer; a previous key verifies until this moment.</summary>
    public DateTimeOffset? Until { get; }

    public byte[] Sign(ReadOnlySpan<byte> message) => HMACSHA256.HashData(_bytes, message);

    /// <summary>Constant time, and only on a digest of exactly 32 bytes: an empty one never equals anything.</summary>
    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> digest) =>
        digest.Length == HMACSHA256.HashSizeInBytes && CryptographicOperations.FixedTimeEquals(Sign(message), digest);
}

/// <summary>The keys of one purpose: one signs, those before it only verify. Looked up by exact key id.</summary>
internal sealed class HmacRing
{
    private readonly HmacKey[] _keys;
    private readonly TimeProvider _clock;

    public HmacRing(HmacKey signer, IReadOnlyList<HmacKey> previous, TimeProvider clock)
    {
        _keys = [signer, .. previous];
        _clock = clock;
        if (_keys.DistinctBy(k => k.Kid, StringComparer.Ordinal).Count() != _keys.Length)
        {
            throw new InvalidOperationException("Two signing keys are the same. JWT_SECRET and JWT_SECRET_PREVIOUS must differ.");
        }
    }

    public HmacKey Signer => _keys[0];

    /// <summary>The key to verify with, or null. No key id is understood only while there is a single key.</summary>
    public HmacKey? Find(string? kid)
    {
        if (kid is null)
        {
            return _keys.Length == 1 ? Signer : null;
        }

        var key = Array.Find(_keys, k => string.Equals(k.Kid, kid, StringComparison.Ordinal));
        return key?.Until is { } until && until < _clock.GetUtcNow() ? null : key;
    }
}
