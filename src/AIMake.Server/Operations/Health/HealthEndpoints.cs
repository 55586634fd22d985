using AIMake.Platform;
using AIMake.Accounts;

namespace AIMake.Operations.Health;

/// <param name="Status">Always <c>ok</c>: a process that answers is alive.</param>
/// <param name="Version">Version of the program.</param>
public sealed record Liveness(string Status, string Version);

/// <param name="Status"><c>ok</c>, <c>degraded</c> when a check fails (with status 200 while requests are still welcome), <c>draining</c> while stopping.</param>
/// <param name="Checks">Each part by name: true when it works.</param>
public sealed record ReadinessReport(string Status, IReadOnlyDictionary<string, bool> Checks)
{
    /// <summary>Whether requests are welcome.</summary>
    internal bool IsServing { get; init; }
}

/// <summary>Answers whether the process lives and whether it should be given requests.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Health").Public();
        group.MapGet("/health", Live).WithName("health");
        group.MapGet("/api/health", Live).WithName("apiHealth");
        group.MapGet("/health/ready", ReadyAsync).WithName("ready")
            .Produces<ReadinessReport>().Produces<ReadinessReport>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Liveness Live() => new("ok", ProductVersion.Text);

    private static async Task<IResult> ReadyAsync(Readiness readiness, HttpContext context, CancellationToken ct)
    {
        var report = await readiness.ReportAsync(ct);
        context.Response.Headers.CacheControl = "no-store";
        if (report.IsServing)
        {
            return TypedResults.Ok(report);
        }

        context.Response.Headers.RetryAfter = "2";
        return TypedResults.Json(report, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
