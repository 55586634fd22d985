using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AIMake.Platform.Http;

/// <summary>Turns what was thrown into a fault: broken infrastructure, unreadable requests, and, as the last resort, a bug.</summary>
internal sealed class ExceptionMapper(ILogger<ExceptionMapper> log, IOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions> kestrel) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            httpContext.Response.StatusCode = 499;
            return true;
        }

        var fault = ToFault(exception, httpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? kestrel.Value.Limits.MaxRequestBodySize ?? 0);
        if (fault.Code.Party is FaultParty.Us)
        {
            PlatformLog.RequestFailed(log, exception, fault.Code.Code, httpContext.TraceIdentifier);
        }

        await FaultWriter.WriteAsync(httpContext, fault);
        return true;
    }

    /// <param name="bodyLimit">Of the route that was asked, in bytes.</param>
    internal static Fault ToFault(Exception exception, long bodyLimit) => exception switch
    {
        FaultException e => e.Fault,
        DatabaseFaultException e => e.Fault,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Fault(FaultCodes.BodyTooLarge, bodyLimit),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new Fault(FaultCodes.UnsupportedMediaType, "application/json"),
        BadHttpRequestException { InnerException: JsonException json } => JsonFaults.From(json),
        BadHttpRequestException bad => BindingFaults.From(bad),
        JsonException json => JsonFaults.From(json),
        IOException e when e.HResult == 28 => new Fault(FaultCodes.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) },
        _ => DatabaseErrors.ToFault(exception) ?? new Fault(FaultCodes.Internal),
    };
}
