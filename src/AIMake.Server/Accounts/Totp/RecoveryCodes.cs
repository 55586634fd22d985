using System.Security.Cryptography;
using System.Text;

namespace AIMake.Accounts.Totp;

/// <summary>Codes that open the account without the app, each once: four groups of four letters and digits, 80 random bits.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    private const int Characters = 16;

    /// <summary>A fresh set, as it is shown once.</summary>
    public static string[] New() => [.. Enumerable.Range(0, Count).Select(_ => Format(TotpCode.Encode(RandomNumberGenerator.GetBytes(10))))];

    /// <returns>The digest to look for, or null for what cannot be a code. Case, spaces and dashes do not matter.</returns>
    public static byte[]? Digest(Guid userId, string text)
    {
        if (text.Length > 40)
        {
            return null;
        }

        var plain = string.Concat(text.Where(c => c is not (' ' or '-'))).ToUpperInvariant();
        return plain.Length == Characters && plain.All(c => c is >= 'A' and <= 'Z' or >= '2' and <= '7') ? SHA256.HashData(Encoding.ASCII.GetBytes($"{userId:N}|{plain}")) : null;
    }

    private static string Format(string code) => string.Join('-', code.ToLowerInvariant().Chunk(4).Select(group => new string(group)));
}
