using System.Diagnostics;

namespace AIMake.Platform.Telemetry;

/// <summary>The span that the server keeps of a request when somebody listens.</summary>
internal static class RequestSpan
{
    /// <summary>Gives the server's span the route and status it does not carry by itself. Paths as sent and queries stay out.</summary>
    public static void Describe(HttpContext context, string method, string route)
    {
        if (Activity.Current is { } span)
        {
            span.DisplayName = $"{method} {route}";
            span.SetTag("http.request.method", method);
            span.SetTag("http.route", route);
            span.SetTag("http.response.status_code", context.Response.StatusCode);
            if (context.Response.StatusCode >= 500)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
