using System.Text.Json;
using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;

namespace AIMake.Gateway.Calls;

/// <summary>
/// What an upstream said when it refused a request. Its words reach the caller only where the request itself is at fault
/// (a wrong parameter, a prompt too long): what it says about keys and quotas is between it and the operator.
/// </summary>
internal sealed class Refusal
{
    private const int LongestBody = 64 * 1024;
    private const int LongestMessage = 2_000;

    private int _status;
    private string? _message;
    private string? _type;
    private string? _param;
    private string? _code;

    /// <summary>Reads the answer and judges it.</summary>
    public async Task<ProviderException> TakeAsync(OutboundResponse response, TimeProvider time, CancellationToken ct)
    {
        byte[] body;
        try
        {
            body = await response.ReadUpToAsync(LongestBody, ct);
        }
        catch (OutboundException)
        {
            body = [];
        }

        Keep(response.Status, body);
        return OpenAiFaults.From(response, body, time);
    }

    /// <summary>Answers the caller.</summary>
    public Task WriteAsync(HttpContext context, ProviderFault fault, string provider, bool ownKey)
    {
        if (fault is not { Kind: ProviderFaultKind.Rejected, Party: ProviderParty.Caller } || _message is null)
        {
            return FaultWriter.WriteAsync(context, ProviderFaults.ToFault(fault, provider, ownKey));
        }

        context.Response.StatusCode = _status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new
        {
            error = new { message = _message, type = _type ?? "invalid_request_error", param = _param, code = _code },
        });
    }

    private void Keep(int status, byte[] body)
    {
        (_status, _message) = (status, null);
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object)
            {
                (_message, _type, _param, _code) = (Text(error, "message"), Text(error, "type"), Text(error, "param"), Text(error, "code"));
            }
        }
        catch (JsonException)
        {
            // a page of HTML: the status speaks for itself
        }
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { } text
            ? text.Length <= LongestMessage ? text : text[..LongestMessage]
            : null;
}
