using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AIMake.Providers.Kie;

/// <summary>
/// What kie.ai posts when a task has ended. It says that there is news, and about which task; what the news is has to be asked
/// for with <c>record-info</c>, because even a signed notice does not vouch for its body. It may come twice.
/// </summary>
/// <param name="Code">200 for success; else why it failed.</param>
internal sealed record KieCallback(string TaskId, long Code)
{
    public const string TimestampHeader = "X-Webhook-Timestamp";
    public const string SignatureHeader = "X-Webhook-Signature";

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public bool Succeeded => Code == 200;

    /// <summary>Null when the body is no such notice.</summary>
    public static KieCallback? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var notice = JsonDocument.Parse(body, Strict);
            var data = notice.RootElement.Member("data");
            return (data.Text("taskId") ?? data.Text("task_id")) is { } id && KieRecord.IsId(id) && notice.RootElement.Whole("code") is { } code ? new KieCallback(id, code) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the latter for a name with half a surrogate pair, which the search for duplicates cannot read
        }
    }

    /// <summary>
    /// Whether a notice about that task was signed with the key, within five minutes of now. The signature is the base64 of
    /// HMAC-SHA256 over <c>taskId.timestamp</c>. An empty key signs nothing.
    /// </summary>
    /// <param name="timestamp">Unix seconds, as the header gives them.</param>
    public static bool IsSigned(string taskId, string? timestamp, string? signature, string key, DateTimeOffset now)
    {
        if (key.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Tolerance.TotalSeconds) return false;
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes + 1];
        if (!Convert.TryFromBase64String(signature ?? "", given, out var length)) return false;
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{taskId}.{timestamp}"));
        return CryptographicOperations.FixedTimeEquals(given[..length], expected);
    }
}
