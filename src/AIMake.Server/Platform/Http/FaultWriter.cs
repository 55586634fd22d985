using AIMake.Platform.Faults;

namespace AIMake.Platform.Http;

/// <summary>The only way from a <see cref="Fault"/> to an HTTP answer: OpenAI's shape under <c>/v1</c>, the envelope elsewhere.</summary>
internal static class FaultWriter
{
    public static Task WriteAsync(HttpContext context, Fault fault)
    {
        var response = context.Response;
        response.StatusCode = fault.Code.Status;
        if (fault.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (fault.Code.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        response.Headers.CacheControl = "no-store";
        var language = RequestLanguage.Of(context);
        return context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            ? response.WriteAsJsonAsync(OpenAi(fault, language))
            : response.WriteAsJsonAsync(Envelope(fault, language, context.TraceIdentifier));
    }

    public static ErrorEnvelope Envelope(Fault fault, string language, string requestId) => new(
        false,
        null,
        fault.Message(language),
        [.. fault.Also.Prepend(fault).Select(f => new ErrorItem(f.Code.Code, f.Message(language), f.Field))],
        requestId);

    private static object OpenAi(Fault fault, string language) => new
    {
        error = new
        {
            message = fault.Message(language),
            type = fault.Code.Party switch
            {
                FaultParty.Caller => "invalid_request_error",
                FaultParty.Funds => "insufficient_quota",
                FaultParty.Vendor => "upstream_error",
                _ => "server_error",
            },
            param = fault.Field,
            code = fault.Code.Code.ToLowerInvariant(),
        },
    };
}

/// <summary>The language a person reads: the first of zh or en that <c>Accept-Language</c> names, else English.</summary>
internal static class RequestLanguage
{
    public static string Of(HttpContext context)
    {
        foreach (var part in context.Request.Headers.AcceptLanguage.ToString().Split(',', 16))
        {
            var tag = part.AsSpan().Trim();
            if (tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase))
            {
                return "zh-CN";
            }

            if (tag.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            {
                return "en";
            }
        }

        return "en";
    }
}
