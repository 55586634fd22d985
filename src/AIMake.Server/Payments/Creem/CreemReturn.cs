using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AIMake.Payments.Creem;

/// <summary>
/// The address a buyer comes back to: <c>SHA-256(name=value|…|salt=API key)</c> over the pairs as they came, decoded, without empty ones. It has no
/// time and can be shown again for ever, so it grants nothing: it only says that the checkout it names is worth asking about.
/// </summary>
internal static class CreemReturn
{
    private const int MostQuery = 4_000;
    private const string Signature = "signature";
    private const string CheckoutId = "checkout_id";
    private static readonly string[] Signed = ["request_id", CheckoutId, "order_id", "customer_id", "subscription_id", "product_id"];

    /// <returns>The checkout's id; null when the signature is not right.</returns>
    public static string? Verify(string query, string apiKey)
    {
        if (query.Length > MostQuery)
        {
            return null;
        }

        var (pairs, signature, checkout) = (new List<string>(), (string?)null, (string?)null);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if ((name == Signature || Signed.Contains(name)) && !seen.Add(name))
            {
                return null; // twice: which one was meant?
            }

            (signature, checkout) = (name == Signature ? value : signature, name == CheckoutId ? value : checkout);
            if (Signed.Contains(name) && value is not ("" or "null"))
            {
                pairs.Add($"{name}={value}");
            }
        }

        if (signature is not { Length: 64 } || !signature.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', [.. pairs, $"salt={apiKey}"])));
        return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(signature)) && checkout is { Length: > 0 and <= 255 } ? checkout : null;
    }
}
