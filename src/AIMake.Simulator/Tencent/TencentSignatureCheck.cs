using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Tencent;

/// <summary>
/// Recomputes TC3-HMAC-SHA256 from what really arrived. Any SecretId beginning with <c>AKID</c> is an account; its key is
/// the id backwards, so that a test can have as many as it likes.
/// </summary>
internal static class TencentSignatureCheck
{
    private const string Scheme = "TC3-HMAC-SHA256 ";

    private const int MostSeconds = 300;

    public static string KeyOf(string secretId) => new([.. secretId.Reverse()]);

    /// <summary>The SecretId a request names; null when it names none.</summary>
    public static string? SecretId(HttpRequest request) =>
        Parts(request) is { } parts && parts.TryGetValue("Credential", out var credential) ? credential.Split('/')[0] : null;

    /// <summary>The code of the refusal; null when the signature holds.</summary>
    public static string? Refusal(HttpRequest request, byte[] body, DateTimeOffset now)
    {
        if (Parts(request) is not { } parts || !parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("Signature", out var signature)
            || !parts.TryGetValue("SignedHeaders", out var signed)) return "AuthFailure.InvalidAuthorization";
        if (credential.Split('/') is not [var id, var date, "tts", "tc3_request"]) return "AuthFailure.InvalidAuthorization";
        if (!id.StartsWith("AKID", StringComparison.Ordinal)) return "AuthFailure.SecretIdNotFound";
        var timestamp = request.Headers["X-TC-Timestamp"].ToString();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return "AuthFailure.InvalidAuthorization";
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > MostSeconds) return "AuthFailure.SignatureExpire";
        return date == DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            && signature == Sign(request, body, id, date, timestamp, signed) ? null : "AuthFailure.SignatureFailure";
    }

    private static string Sign(HttpRequest request, byte[] body, string id, string date, string timestamp, string signed)
    {
        var canonical = new StringBuilder($"POST\n{request.Path}\n{request.QueryString.Value?.TrimStart('?')}\n");
        foreach (var name in signed.Split(';'))
            canonical.Append(CultureInfo.InvariantCulture, $"{name}:{(name == "host" ? request.Host.Host : request.Headers[name].ToString()).Trim()}\n");
        canonical.Append(CultureInfo.InvariantCulture, $"\n{signed}\n{Convert.ToHexStringLower(SHA256.HashData(body))}");
        var toSign = $"TC3-HMAC-SHA256\n{timestamp}\n{date}/tts/tc3_request\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes("TC3" + KeyOf(id));
        foreach (var step in new[] { date, "tts", "tc3_request" }) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static Dictionary<string, string>? Parts(HttpRequest request)
    {
        var value = request.Headers.Authorization.ToString();
        if (!value.StartsWith(Scheme, StringComparison.Ordinal)) return null;
        return value[Scheme.Length..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .DistinctBy(part => part[0]).ToDictionary(part => part[0], part => part[1]);
    }
}
