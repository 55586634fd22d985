using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Outbound;

namespace AIMake.Accounts.Jwt;

/// <summary>Fetches and reads the small documents that issuers publish.</summary>
internal static class SmallJson
{
    /// <summary>Largest document.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 16;

    private static readonly OutboundLimits Limits = new()
    {
        FirstByte = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(5), Total = TimeSpan.FromSeconds(10), MaxBytes = MaxBytes,
    };

    /// <returns>The body of a 200, or null for another status.</returns>
    /// <exception cref="OutboundException">Nobody answered, or too much.</exception>
    public static async Task<byte[]?> GetAsync(OutboundHttp http, Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var (status, body) = await SendAsync(http, request, ct);
        return status == StatusCodes.Status200OK ? body : null;
    }

    /// <returns>Status and body, whatever the status.</returns>
    /// <exception cref="OutboundException">Nobody answered, or too much.</exception>
    public static async Task<(int Status, byte[] Body)> SendAsync(OutboundHttp http, HttpRequestMessage request, CancellationToken ct)
    {
        if (request.Headers.Accept.Count == 0)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        }

        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("AIMake", null)); // GitHub answers nobody who gives no name
        using var response = await http.SendAsync(request, Limits, ct);
        using var body = new MemoryStream();
        await response.Body.CopyToAsync(body, ct);
        return (response.Status, body.ToArray());
    }

    /// <summary>Null for what is no JSON, or has a member twice.</summary>
    public static JsonElement? Read(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary><c>error</c> of an OAuth answer (RFC 6749 §5.2), for the log; only what looks like such a code.</summary>
    public static string ErrorCode(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } json && json.Text("error") is { Length: <= 60 } code && code.All(c => char.IsAsciiLetterLower(c) || c == '_') ? code : "unnamed";

    /// <summary><c>access_token</c> of an OAuth answer, as long as it can stand in a header.</summary>
    public static string? BearerToken(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } json && json.Text("access_token") is { Length: > 0 } token && token.All(c => c is > ' ' and <= '~') ? token : null;
}
