using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Speech.Text;

/// <summary>
/// The address of a spoken segment: equal for equal sound. SHA-256 over everything that shapes the sound, each part preceded
/// by its length so that no two different sets of parts read the same. Where a segment stands in its text, what follows it and
/// how long the pause after it is are no part of it.
/// </summary>
/// <param name="Hex">64 lower-case hexadecimal digits.</param>
internal readonly record struct SegmentDigest(string Hex)
{
    /// <param name="text">The spoken text of the segment.</param>
    /// <param name="voice">Voice id with the provider in front, so that two vendors' voices of one name differ.</param>
    /// <param name="model">The vendor's model id.</param>
    /// <param name="speed">Rate of speaking.</param>
    /// <param name="settings">Version of all else that shapes the sound; raised when adapters or processing change.</param>
    public static SegmentDigest Of(string text, string voice, string model, double speed, string settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, text);
        Append(hash, voice);
        Append(hash, model);
        Append(hash, speed.ToString("R", CultureInfo.InvariantCulture));
        Append(hash, settings);
        return new SegmentDigest(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public byte[] ToBytes() => Convert.FromHexString(Hex);

    public override string ToString() => Hex;

    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
