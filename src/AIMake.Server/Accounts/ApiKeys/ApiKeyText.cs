using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Accounts.ApiKeys;

/// <summary>SHA-256 of an API key: what is stored, and what a key is looked up by.</summary>
internal readonly record struct ApiKeyDigest(UInt128 High, UInt128 Low)
{
    public static ApiKeyDigest Of(ReadOnlySpan<byte> sha256) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(sha256), BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]));

    public byte[] ToBytes()
    {
        var bytes = new byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), Low);
        return bytes;
    }

    public override string ToString() => "ApiKeyDigest"; // a digest belongs into its column and nowhere else
}

/// <summary>
/// The spelling of an API key: <c>aimake_live_</c>, 32 random characters of base62 (190 bits), and 6 more that are the CRC-32
/// of those 32. The checksum tells a slip of the hand, and most guesses, from a key without asking anybody; the prefix lets
/// scanners find keys that were published by mistake: <c>aimake_live_[0-9A-Za-z]{38}</c>.
/// </summary>
internal static class ApiKeyText
{
    public const string Prefix = "aimake_live_";
    public const int Length = 50;
    public const int LastShown = 4;

    private const int Random = 32;
    private const int Checksum = 6;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly uint[] Table = MakeTable();

    public static string New()
    {
        Span<char> key = stackalloc char[Length];
        Prefix.CopyTo(key);
        RandomNumberGenerator.GetItems(Alphabet, key.Slice(Prefix.Length, Random));
        WriteChecksum(key.Slice(Prefix.Length, Random), key[^Checksum..]);
        return new string(key);
    }

    /// <summary>Whether a text is meant to be a key, well spelled or not.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>False for whatever this class cannot have made; no query is worth asking then.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApiKeyDigest digest)
    {
        digest = default;
        if (text?.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var random = text.AsSpan(Prefix.Length, Random);
        if (random.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        Span<char> expected = stackalloc char[Checksum];
        WriteChecksum(random, expected);
        if (!text.AsSpan(Length - Checksum).SequenceEqual(expected))
        {
            return false;
        }

        digest = DigestOf(text);
        return true;
    }

    private static ApiKeyDigest DigestOf(string key)
    {
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(key, ascii);
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii, sha256);
        return ApiKeyDigest.Of(sha256);
    }

    /// <summary>CRC-32 (IEEE 802.3, as in gzip) in base62, most significant digit first, padded with zeros.</summary>
    private static void WriteChecksum(ReadOnlySpan<char> random, Span<char> into)
    {
        var crc = uint.MaxValue;
        foreach (var c in random)
        {
            crc = Table[(byte)(crc ^ c)] ^ (crc >> 8);
        }

        crc = ~crc;
        for (var i = into.Length - 1; i >= 0; i--)
        {
            (crc, var digit) = Math.DivRem(crc, (uint)Alphabet.Length);
            into[i] = Alphabet[(int)digit];
        }
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
            }

            table[i] = value;
        }

        return table;
    }
}
