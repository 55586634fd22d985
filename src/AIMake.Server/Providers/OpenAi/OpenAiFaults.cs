using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// The one place where the vendor's errors become ours. Only status, <c>type</c> and <c>code</c> decide; the message is for
/// people, may quote what was sent, and is not kept. A body that is not JSON, a proxy's page of HTML say, leaves the status.
/// </summary>
internal static class OpenAiFaults
{
    private const int LongestErrorBody = 64 * 1024;

    public static async Task<ProviderException> FromAsync(OutboundResponse response, TimeProvider time, CancellationToken ct)
    {
        var (type, code) = await ReadAsync(response, ct);
        var fault = Classify(response.Status, type, code);
        if (Header(response, "x-should-retry") is { } says && bool.TryParse(says, out var retry)
            && fault.Kind is not (ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized)) fault = fault with { Retryable = retry };
        return new ProviderException(fault with
        {
            RetryAfter = response.RetryAfter(time),
            Detail = $"status {response.Status}, type {Word(type)}, code {Word(code)}, request {Word(Header(response, "x-request-id"))}",
        });
    }

    private static ProviderFault Classify(int status, string? type, string? code) => status switch
    {
        429 when IsQuota(type) || IsQuota(code) => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        402 => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        429 => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true),
        401 or 403 => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
        404 or 405 => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        408 => Fault(ProviderParty.Clock, ProviderFaultKind.Timeout, true),
        409 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        >= 400 and < 500 => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        501 or 505 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, false),
        >= 500 and < 600 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        _ => Fault(ProviderParty.Provider, ProviderFaultKind.InvalidResponse, false),
    };

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable) =>
        new(ProviderStage.FirstByte, party, kind, retryable);

    private static bool IsQuota(string? word) => word is "insufficient_quota" or "credit_balance_exhausted" or "billing_hard_limit_reached";

    private static async Task<(string? Type, string? Code)> ReadAsync(OutboundResponse response, CancellationToken ct)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.ReadUpToAsync(LongestErrorBody, ct));
            return body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? (Text(error, "type"), Text(error, "code"))
                : default;
        }
        catch (Exception e) when (e is JsonException or OutboundException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Header(OutboundResponse response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>A vendor's word as it may stand in our log: short, and of the letters identifiers are made of.</summary>
    private static string Word(string? word) =>
        word is null ? "none"
        : word.Length <= 64 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? word
        : "unprintable";
}
