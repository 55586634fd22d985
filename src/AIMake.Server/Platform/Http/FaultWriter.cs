using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Diagnostics;

namespace AIMake.Platform.Http;

/// <summary>
/// Writes the body of a fault in another shape than the envelope; status, <c>Retry-After</c> and the like are set already. As
/// endpoint metadata it holds for the endpoint; registered for a path it holds for all below it, also where no route matched.
/// </summary>
internal sealed record FaultShapeMetadata(Func<HttpContext, Fault, Task> WriteAsync);

/// <summary>The shape of every fault below a path.</summary>
internal sealed record FaultShapeOfPath(PathString Path, FaultShapeMetadata Shape);

internal static class FaultShapes
{
    public static IServiceCollection AddFaultShape(this IServiceCollection services, PathString path, Func<HttpContext, Fault, Task> write) =>
        services.AddSingleton(new FaultShapeOfPath(path, new FaultShapeMetadata(write)));

    public static TBuilder WithFaultShape<TBuilder>(this TBuilder builder, Func<HttpContext, Fault, Task> write)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new FaultShapeMetadata(write));

    /// <summary>Null for the envelope.</summary>
    public static FaultShapeMetadata? Of(HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return endpoint?.Metadata.GetMetadata<FaultShapeMetadata>()
            ?? context.RequestServices?.GetServices<FaultShapeOfPath>().FirstOrDefault(s => context.Request.Path.StartsWithSegments(s.Path, StringComparison.Ordinal))?.Shape;
    }
}

/// <summary>The only way from a <see cref="Fault"/> to an HTTP answer: the envelope, unless the route or the path has another shape.</summary>
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
        if (FaultShapes.Of(context) is { } shape)
        {
            return shape.WriteAsync(context, fault);
        }

        return response.WriteAsJsonAsync(Envelope(fault, RequestLanguage.Of(context), context.TraceIdentifier));
    }

    public static ErrorEnvelope Envelope(Fault fault, string language, string requestId) => new(
        false,
        null,
        fault.Message(language),
        [.. fault.Also.Prepend(fault).Select(f => new ErrorItem(f.Code.Code, f.Message(language), f.Field))],
        requestId);
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
