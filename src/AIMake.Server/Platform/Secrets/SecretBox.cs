using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>
/// Envelopes: each secret is encrypted with a random key of its own, and that key with the present key of the ring. Both layers
/// are AES-256-GCM with random nonces of 12 bytes, tags of 16 bytes and the binding as associated data. A box is
/// <c>version 1 | ring key id 8 | nonce 12 | wrapped key 32 | tag 16 | nonce 12 | ciphertext | tag 16</c>.
/// </summary>
internal sealed class SecretBox(EncryptionRing ring) : ISecretBox
{
    private const byte Version = 1;
    private const int Nonce = 12;
    private const int Tag = 16;
    private const int MostBytes = 64 * 1024;
    private const int WrapStart = 1 + EncryptionKey.IdBytes;
    private const int Wrap = Nonce + EncryptionKey.Bytes + Tag;
    private const int BodyStart = WrapStart + Wrap;

    public byte[] Seal(string aad, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        Span<byte> own = stackalloc byte[EncryptionKey.Bytes];
        try
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, MostBytes);
            RandomNumberGenerator.Fill(own);
            var binding = Encoding.UTF8.GetBytes(aad);
            var box = new byte[BodyStart + Nonce + plain.Length + Tag];
            WriteHead(box, ring.Current, own, binding);
            Encrypt(own, plain, binding, box.AsSpan(BodyStart));
            return box;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public string Open(string aad, byte[] box)
    {
        var binding = Encoding.UTF8.GetBytes(aad);
        Span<byte> own = stackalloc byte[EncryptionKey.Bytes];
        var plain = new byte[Math.Max(0, box.Length - BodyStart - Nonce - Tag)];
        try
        {
            Unwrap(box, binding, own);
            Decrypt(own, box.AsSpan(BodyStart), binding, plain);
            return Encoding.UTF8.GetString(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Whether a box is under the ring's present key.</summary>
    public bool IsCurrent(byte[] box) => box.Length > BodyStart && KeyIdOf(box).SequenceEqual(ring.Current.Id);

    /// <summary>Id of the ring key a box is under.</summary>
    public static ReadOnlySpan<byte> KeyIdOf(byte[] box) => box.Length > WrapStart ? box.AsSpan(1, EncryptionKey.IdBytes) : [];

    /// <summary>The same box under the present key. The secret itself stays as encrypted as it was.</summary>
    /// <exception cref="SecretBoxException">As <see cref="Open"/>.</exception>
    public byte[] Rewrap(string aad, byte[] box)
    {
        var binding = Encoding.UTF8.GetBytes(aad);
        Span<byte> own = stackalloc byte[EncryptionKey.Bytes];
        try
        {
            Unwrap(box, binding, own);
            var renewed = (byte[])box.Clone();
            WriteHead(renewed, ring.Current, own, binding);
            return renewed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    private static void WriteHead(Span<byte> box, EncryptionKey key, ReadOnlySpan<byte> own, byte[] binding)
    {
        box[0] = Version;
        key.Id.CopyTo(box[1..]);
        Encrypt(key.Material, own, binding, box.Slice(WrapStart, Wrap));
    }

    private void Unwrap(byte[] box, byte[] binding, Span<byte> own)
    {
        if (box.Length < BodyStart + Nonce + Tag || box[0] != Version)
        {
            throw new SecretBoxException("The box is damaged.");
        }

        var key = ring.Find(KeyIdOf(box))
            ?? throw new SecretBoxException($"The box is under key {Convert.ToHexStringLower(KeyIdOf(box))}, which this server does not have. Every server needs the same AIMAKE_ENCRYPTION_KEY.");
        Decrypt(key.Material, box.AsSpan(WrapStart, Wrap), binding, own);
    }

    private static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, byte[] binding, Span<byte> into)
    {
        RandomNumberGenerator.Fill(into[..Nonce]);
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(into[..Nonce], plain, into.Slice(Nonce, plain.Length), into[^Tag..], binding);
    }

    private static void Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> from, byte[] binding, Span<byte> into)
    {
        using var aes = new AesGcm(key, Tag);
        try
        {
            aes.Decrypt(from[..Nonce], from[Nonce..^Tag], from[^Tag..], into, binding);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SecretBoxException("The box is damaged, or was sealed for something else.", e);
        }
    }
}
