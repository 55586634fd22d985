using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>Every key this installation signs with, derived from its master secret. Thread-safe, one per process.</summary>
internal sealed class SecretKeys
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);
    private readonly byte[] _master;
    private readonly IReadOnlyList<byte[]> _previous;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _started;

    public SecretKeys(byte[] master, IReadOnlyList<byte[]> previous, TimeProvider clock)
    {
        _master = master;
        _previous = previous;
        _clock = clock;
        _started = clock.GetUtcNow();
        AccessTokens = Ring(KeyPurpose.AccessToken);
        SignedUrls = Ring(KeyPurpose.SignedUrl);
        VideoNotices = Ring(KeyPurpose.VideoNotice);
        Sales = Ring(KeyPurpose.Sale);
    }

    public HmacRing AccessTokens { get; }

    public HmacRing SignedUrls { get; }

    public HmacRing VideoNotices { get; }

    public HmacRing Sales { get; }

    private HmacRing Ring(KeyPurpose purpose) => new(
        Key(_master, purpose, until: null),
        [.. _previous.Select(p => Key(p, purpose, _started + purpose.MaxLife + Leeway))],
        _clock);

    private static HmacKey Key(byte[] master, KeyPurpose purpose, DateTimeOffset? until) => new(
        // Every node derives the same key id, and it tells nothing about the key.
        Base64Url.EncodeToString(Derive(master, purpose.Label + "|kid").AsSpan(0, 9)),
        Derive(master, purpose.Label),
        until);

    private static byte[] Derive(byte[] master, string label) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, HmacKey.MinBytes, salt: "aimake"u8.ToArray(), info: Encoding.UTF8.GetBytes(label));
}
