using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// The one place where the vendor's errors become ours. Only status, <c>type</c> and <c>code</c> decide; the message is for
/// people, may quote what was sent, and is not kept, but for the wait that some name nowhere else. Servers that only resemble
/// OpenAI write errors in several shapes; a body that is none of them, a proxy's page of HTML say, leaves the status.
/// </summary>
internal static partial class OpenAiFaults
{
    private const int LongestErrorBody = 64 * 1024;

    /// <summary>A wait this long is a daily quota, not a busy minute.</summary>
    private static readonly TimeSpan QuotaWait = TimeSpan.FromHours(1);

    public static async Task<ProviderException> FromAsync(OutboundResponse response, TimeProvider time, CancellationToken ct)
    {
        byte[] body;
        try
        {
            body = await response.ReadUpToAsync(LongestErrorBody, ct);
        }
        catch (OutboundException)
        {
            body = [];
        }
        return From(response, body, time);
    }

    /// <summary>The same for a body that has been read already.</summary>
    public static ProviderException From(OutboundResponse response, byte[] json, TimeProvider time)
    {
        var error = Read(json);
        var fault = Classify(response.Status, error);
        if (Header(response, "x-should-retry") is { } says && bool.TryParse(says, out var retry)
            && fault.Kind is not (ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized)) fault = fault with { Retryable = retry };
        var wait = response.RetryAfter(time) ?? (response.Status is 429 or 503 ? error.Wait : null);
        if (fault.Kind == ProviderFaultKind.Throttled && wait >= QuotaWait) fault = Quota;
        return new ProviderException(fault with
        {
            RetryAfter = wait,
            Detail = $"status {response.Status}, type {StatusFault.Word(error.Type)}, code {StatusFault.Word(error.Code)}, request {StatusFault.Word(Header(response, "x-request-id"))}",
        });
    }

    /// <summary>A failure that is told inside an answer that began well.</summary>
    /// <param name="payload">An event's data; null when it is no failure.</param>
    /// <param name="named">Whether the event calls itself an error.</param>
    /// <param name="begun">Whether something had already been handed on.</param>
    public static ProviderException? FromEvent(JsonElement payload, bool named, bool begun)
    {
        if (payload.ValueKind != JsonValueKind.Object) return null;
        var told = payload.TryGetProperty("error", out var inner) && inner.ValueKind is not (JsonValueKind.Null or JsonValueKind.False);
        if (!told && !named) return null;
        var error = Read(payload);
        var fault = error.IsQuota ? Quota
            : error.Type is "invalid_request_error" ? StatusFault.Of(400)
            : error.Code is "rate_limit_exceeded" ? StatusFault.Of(429)
            : StatusFault.Of(500);
        return new ProviderException(fault with
        {
            Stage = begun ? ProviderStage.Stream : ProviderStage.FirstByte,
            Detail = $"an error inside the answer, type {StatusFault.Word(error.Type)}, code {StatusFault.Word(error.Code)}",
        });
    }

    private static ProviderFault Quota => StatusFault.Of(402);

    private static ProviderFault Classify(int status, VendorError error) => status is 429 or 403 && error.IsQuota ? Quota : StatusFault.Of(status);

    private static VendorError Read(byte[] json)
    {
        try
        {
            using var body = JsonDocument.Parse(json);
            return Read(body.RootElement);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>An <c>error</c> object, or the same members without one, or no more than a sentence.</summary>
    private static VendorError Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return default;
        if (!body.TryGetProperty("error", out var error)) error = body;
        return error.ValueKind switch
        {
            JsonValueKind.Object => new(Text(error, "type"), Text(error, "code"), WaitIn(Text(error, "message"))),
            JsonValueKind.String => new(null, null, WaitIn(error.GetString())),
            _ => default,
        };
    }

    private static string? Text(JsonElement error, string name) => !error.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static TimeSpan? WaitIn(string? message)
    {
        if (message is null || WaitPattern().Match(message) is not { Success: true } match) return null;
        var number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups[2].ValueSpan is "ms" ? TimeSpan.FromMilliseconds(number) : TimeSpan.FromSeconds(number);
    }

    /// <summary>"Please try again in 9.816s", "Please retry after 6 seconds".</summary>
    [GeneratedRegex(@"(?:retry after|try again in) (\d{1,7}(?:\.\d{1,6})?) ?(ms|s)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex WaitPattern();

    private static string? Header(OutboundResponse response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private readonly record struct VendorError(string? Type, string? Code, TimeSpan? Wait)
    {
        public bool IsQuota => IsQuotaWord(Type) || IsQuotaWord(Code);

        private static bool IsQuotaWord(string? word) => word is "insufficient_quota" or "credit_balance_exhausted" or "billing_hard_limit_reached";
    }
}
