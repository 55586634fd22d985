using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace AIMake.Platform.Secrets;

/// <summary>A key that encrypts keys: AES-256, named by a digest of itself that tells nothing about it.</summary>
internal sealed class EncryptionKey
{
    public const int Bytes = 32;
    public const int IdBytes = 8;

    /// <param name="retiredAt">When another one took its place; null for the present one.</param>
    public EncryptionKey(byte[] bytes, DateTimeOffset? retiredAt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Bytes);
        Material = bytes;
        RetiredAt = retiredAt;
        Id = HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, IdBytes, salt: "aimake"u8.ToArray(), info: "kek|v1|kid"u8.ToArray());
    }

    public byte[] Material { get; }

    public byte[] Id { get; }

    public DateTimeOffset? RetiredAt { get; }

    public static EncryptionKey New() => new(RandomNumberGenerator.GetBytes(Bytes), retiredAt: null);

    /// <summary>Reads base64 of exactly 32 bytes.</summary>
    public static bool TryRead(string text, DateTimeOffset? retiredAt, [NotNullWhen(true)] out EncryptionKey? key)
    {
        var bytes = new byte[Bytes];
        key = text.Length == 44 && Convert.TryFromBase64String(text, bytes, out var length) && length == Bytes ? new EncryptionKey(bytes, retiredAt) : null;
        return key is not null;
    }

    /// <summary>Its id, which may be logged.</summary>
    public override string ToString() => Convert.ToHexStringLower(Id);
}
