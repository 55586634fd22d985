using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Platform.Http;

/// <summary>Gives bare refusals of the framework (no such route, wrong method, body too large) the body of a fault.</summary>
internal static class StatusFaults
{
    public static IApplicationBuilder UseStatusFaults(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        var response = context.Response;
        if (!response.HasStarted && response.ContentLength is null && response.ContentType is null && For(context, response.StatusCode) is { } fault)
        {
            await FaultWriter.WriteAsync(context, fault);
        }
    });

    private static Fault? For(HttpContext context, int status) => status switch
    {
        StatusCodes.Status400BadRequest => Fault.Invalid(Said.Unreadable),
        StatusCodes.Status401Unauthorized => new(FaultCodes.Unauthenticated),
        StatusCodes.Status403Forbidden => new(FaultCodes.Forbidden),
        StatusCodes.Status404NotFound => new(FaultCodes.NotFound),
        StatusCodes.Status405MethodNotAllowed => new(FaultCodes.MethodNotAllowed),
        StatusCodes.Status408RequestTimeout => Fault.Invalid(Said.TooSlow),
        StatusCodes.Status413PayloadTooLarge => new(FaultCodes.BodyTooLarge, context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? 0),
        StatusCodes.Status415UnsupportedMediaType => new(FaultCodes.UnsupportedMediaType, "application/json"),
        StatusCodes.Status503ServiceUnavailable => new(FaultCodes.Overloaded) { RetryAfter = TimeSpan.FromSeconds(2) },
        _ => null,
    };
}
