using System.Diagnostics;

namespace AIMake.Platform.Http;

/// <summary>
/// One line per request: method, route template, status, milliseconds, id. Never the path as sent, query values, bodies or
/// tokens: the template names the route without them.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var level = RouteNames.IsProbe(context) ? LogLevel.Debug : context.Response.StatusCode >= 500 ? LogLevel.Warning : LogLevel.Information;
            var (method, route) = (RouteNames.Method(context), RouteNames.Of(context));
            Telemetry.RequestSpan.Describe(context, method, route);
            Answered(log, level, method, route, context.Response.StatusCode, Math.Round(milliseconds, 1), context.TraceIdentifier);
        }
    }

    [LoggerMessage(EventId = 1010, Message = "{Method} {Route} {Status} {Milliseconds} ms {RequestId}")]
    private static partial void Answered(ILogger log, LogLevel level, string method, string route, int status, double milliseconds, string requestId);
}

/// <summary>Names for requests that are safe to log and few enough to count.</summary>
internal static class RouteNames
{
    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal) { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };

    /// <summary>The route's template, <c>web</c> for the app's own files, <c>unmatched</c> for the rest.</summary>
    public static string Of(HttpContext context) =>
        (context.GetEndpoint() ?? context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Endpoint) is RouteEndpoint route
            ? "/" + route.RoutePattern.RawText?.TrimStart('/')
            : context.Response.StatusCode < 400 ? "web" : "unmatched";

    /// <summary>Anything but the usual methods is counted as one.</summary>
    public static string Method(HttpContext context) => Methods.Contains(context.Request.Method) ? context.Request.Method : "OTHER";

    public static bool IsProbe(HttpContext context) => context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
}
