using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace AIMake.Platform.Secrets;

/// <summary>
/// 256 random bits that mean something only to whoever keeps their digest. The value goes to its owner once; SHA-256 of it
/// is stored, which is enough for a secret that cannot be guessed.
/// </summary>
internal sealed class OpaqueToken
{
    private const int Bytes = 32;

    private OpaqueToken(string value, byte[] digest)
    {
        Value = value;
        Digest = digest;
    }

    public string Value { get; }

    public byte[] Digest { get; }

    public static OpaqueToken New() => From(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>False for whatever this class cannot have made; no query is worth asking then.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OpaqueToken? token)
    {
        token = text?.Length == 43 && StrictBase64Url.TryDecode(text, out var bytes) ? From(bytes) : null;
        return token is not null;
    }

    public override string ToString() => "OpaqueToken"; // never its value

    private static OpaqueToken From(byte[] bytes) => new(Base64Url.EncodeToString(bytes), SHA256.HashData(bytes));
}
