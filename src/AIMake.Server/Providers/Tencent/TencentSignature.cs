using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Providers.Tencent;

/// <summary>
/// TC3-HMAC-SHA256 as the vendor's own clients compute it: over method, path, <c>content-type</c>, <c>host</c> without its port and
/// the body's digest, with a key derived from the secret for one day and one service. Good for five minutes.
/// </summary>
internal static class TencentSignature
{
    public const string Scheme = "TC3-HMAC-SHA256";

    private const string SignedHeaders = "content-type;host";

    /// <param name="service">First label of the vendor's host, e.g. <c>tts</c>.</param>
    /// <param name="contentType">Byte for byte as it will be sent.</param>
    /// <param name="unixSeconds">As in <c>X-TC-Timestamp</c>.</param>
    /// <returns>What follows the scheme in <c>Authorization</c>.</returns>
    public static string Sign(string secretId, string secretKey, string service, string host, string path, string contentType, ReadOnlySpan<byte> body, long unixSeconds)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var scope = $"{date}/{service}/tc3_request";
        var canonical = $"POST\n{path}\n\ncontent-type:{contentType}\nhost:{host}\n\n{SignedHeaders}\n{Hex(SHA256.HashData(body))}";
        var toSign = string.Create(CultureInfo.InvariantCulture, $"{Scheme}\n{unixSeconds}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");
        var key = Mac(Mac(Mac(Encoding.UTF8.GetBytes("TC3" + secretKey), date), service), "tc3_request");
        return $"Credential={secretId}/{scope}, SignedHeaders={SignedHeaders}, Signature={Hex(Mac(key, toSign))}";
    }

    private static byte[] Mac(byte[] key, string message) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(message));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
