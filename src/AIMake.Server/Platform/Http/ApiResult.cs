using System.Reflection;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Http.Metadata;

namespace AIMake.Platform.Http;

/// <summary>
/// The answer of an endpoint under <c>/api</c>: an <see cref="Outcome{T}"/> on its way to the envelope. Endpoints return
/// <c>Task&lt;ApiResult&lt;T&gt;&gt;</c>, so the OpenAPI document follows from the code.
/// </summary>
public sealed class ApiResult<T> : IResult, IEndpointMetadataProvider
{
    private readonly Outcome<T> _outcome;

    internal ApiResult(Outcome<T> outcome, int status = StatusCodes.Status200OK)
    {
        _outcome = outcome;
        Status = status;
    }

    /// <summary>Status when it worked: 200, 201 or 202.</summary>
    public int Status { get; }

    /// <summary>Any cache may keep it and has to ask whether it still holds: it has an <c>ETag</c>, and 304 says yes.</summary>
    internal bool IsRevalidated { get; init; }

    public static implicit operator ApiResult<T>(T value) => new(value);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (_outcome.Fault is { } fault)
        {
            return FaultWriter.WriteAsync(httpContext, fault);
        }

        httpContext.Response.StatusCode = Status;
        var answer = new Envelope<T>(true, _outcome.Value, "");
        return IsRevalidated ? Revalidation.WriteAsync(httpContext, answer) : httpContext.Response.WriteAsJsonAsync(answer, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Envelope<T>), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ErrorEnvelope), ["application/json"]));
    }
}

internal static class ApiResult
{
    public static ApiResult<T> From<T>(Outcome<T> outcome) => new(outcome);

    public static ApiResult<T> Revalidated<T>(Outcome<T> outcome) => new(outcome) { IsRevalidated = true };

    public static ApiResult<T> Created<T>(Outcome<T> outcome) => new(outcome, StatusCodes.Status201Created);

    public static ApiResult<T> Accepted<T>(Outcome<T> outcome) => new(outcome, StatusCodes.Status202Accepted);
}
