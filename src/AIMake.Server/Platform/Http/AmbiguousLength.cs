using AIMake.Platform.Faults;

namespace AIMake.Platform.Http;

/// <summary>
/// Refuses a request that says twice how long it is, by a length and by chunks (RFC 9112 §6.3): a proxy in front may have believed the other one. Kestrel
/// follows the chunks, closes the connection afterwards and leaves the length in a header of this name.
/// </summary>
internal static class AmbiguousLength
{
    private const string LeftOver = "X-Content-Length";

    public static IApplicationBuilder UseAmbiguousLength(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Request.Headers.TransferEncoding.Count > 0 && context.Request.Headers.ContainsKey(LeftOver)
            ? FaultWriter.WriteAsync(context, Fault.Invalid(Said.Unreadable))
            : next(context));
}
