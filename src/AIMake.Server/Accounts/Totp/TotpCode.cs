using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Accounts.Totp;

/// <summary>Time-based one-time passwords: RFC 6238 over RFC 4226, HMAC-SHA1, steps of 30 s, 6 digits, which is what every app can do.</summary>
internal static class TotpCode
{
    public const int Digits = 6;

    /// <summary>160 bits, as RFC 4226 advises.</summary>
    public const int SecretBytes = 20;

    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>Steps before and after the present one whose codes are taken too: clocks differ, and typing takes time.</summary>
    private const int Slack = 1;

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

#pragma warning disable CA5350 // SHA-1: what apps understand; HMAC does not need what SHA-1 lost
    public static string At(ReadOnlySpan<byte> secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);
        var value = BinaryPrimitives.ReadInt32BigEndian(hash.Slice(hash[^1] & 0xF, 4)) & int.MaxValue;
        return (value % (int)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }
#pragma warning restore CA5350

    /// <returns>The step a code belongs to, or null. Every step is compared, in constant time.</returns>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        if (code.Length != Digits || !code.All(char.IsAsciiDigit))
        {
            return null;
        }

        long? match = null;
        var present = StepAt(now);
        for (var step = present - Slack; step <= present + Slack; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(At(secret, step)), Encoding.ASCII.GetBytes(code)))
            {
                match = step;
            }
        }

        return match;
    }

    /// <summary>RFC 4648 base32 without padding, the spelling apps ask for.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Base32[(buffer >> (bits - 5)) & 31]);
            }
        }

        return (bits > 0 ? text.Append(Base32[(buffer << (5 - bits)) & 31]) : text).ToString();
    }

    /// <summary>Undoes <see cref="Encode"/>; for what we stored ourselves.</summary>
    public static byte[] Decode(string text)
    {
        var bytes = new List<byte>();
        var (buffer, bits) = (0, 0);
        foreach (var c in text)
        {
            buffer = ((buffer << 5) | Base32.IndexOf(c, StringComparison.Ordinal)) & 0xFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return [.. bytes];
    }

    /// <summary>What an app reads out of the picture.</summary>
    public static string Uri(string secret, string account) =>
        $"otpauth://totp/AIMake:{System.Uri.EscapeDataString(account)}?secret={secret}&issuer=AIMake&algorithm=SHA1&digits={Digits}&period={(int)Step.TotalSeconds}";
}
