using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Stripe;

/// <summary>
/// <c>Stripe-Signature: t=1760000000,v1=&lt;64 hex&gt;[,v1=…]</c>: HMAC-SHA256 over <c>t.body</c> with the whole secret. Any of several <c>v1</c> will
/// do (a secret being changed signs twice); other schemes do not count.
/// </summary>
internal static class StripeSignature
{
    public const string Header = "Stripe-Signature";
    public const int ToleranceSeconds = 300;
    private const int MostHeader = 2_000;

    /// <returns>The fault, or null when it is right. Faults: SIGNATURE_INVALID, TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Fault? Check(IReadOnlyList<string> headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (headers is not [{ Length: > 0 and <= MostHeader } header] || !TryRead(header, out var stamp, out var signatures))
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        var right = false;
        foreach (var secret in secrets)
        {
            var expected = Compute(secret, stamp, body);
            foreach (var signature in signatures)
            {
                right |= CryptographicOperations.FixedTimeEquals(expected, signature);
            }
        }

        if (!right)
        {
            return new Fault(FaultCodes.SignatureInvalid);
        }

        return Math.Abs(now.ToUnixTimeSeconds() - stamp) > ToleranceSeconds ? new Fault(FaultCodes.TimestampOutOfTolerance, ToleranceSeconds) : null;
    }

    /// <summary>32 bytes.</summary>
    public static byte[] Compute(string secret, long stamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes(stamp.ToString(CultureInfo.InvariantCulture) + "."));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    /// <summary>One <c>t</c> of digits only, and at least one <c>v1</c> of 64 lower-case hex digits; what is no <c>name=value</c> spoils it.</summary>
    private static bool TryRead(string header, out long stamp, out List<byte[]> signatures)
    {
        (stamp, signatures) = (-1, []);
        foreach (var part in header.Split(','))
        {
            var pair = part.Trim().Split('=', 2);
            if (pair.Length != 2 || pair[0].Length == 0)
            {
                return false;
            }

            if (pair[0] == "t")
            {
                if (stamp >= 0 || pair[1].Length is 0 or > 12 || !pair[1].All(char.IsAsciiDigit))
                {
                    return false;
                }

                stamp = long.Parse(pair[1], CultureInfo.InvariantCulture);
            }
            else if (pair[0] == "v1" && pair[1].Length == 64 && pair[1].All(char.IsAsciiHexDigitLower))
            {
                signatures.Add(Convert.FromHexString(pair[1]));
            }
        }

        return stamp >= 0 && signatures.Count > 0;
    }
}
