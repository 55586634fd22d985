using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Usage;

/// <summary>Statistics of the caller's own use, and the operator's books.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/stats/usage").RequireCaller().RequireScope(ApiKeyScope.Usage).WithTags("Usage");
        own.MapGet("", Total).WithName("GetUsage").WithSummary("What was used in a span of days, by kind of work and by model");
        own.MapGet("/daily", Daily).WithName("GetDailyUsage").WithSummary("The same for each UTC day; text/csv on request, a line for each day and model")
            .Produces<Envelope<UsageSeries>>(StatusCodes.Status200OK, "application/json", EntriesCsv.MediaType)
            .Produces<ErrorEnvelope>(StatusCodes.Status400BadRequest);
        own.MapGet("/monthly", Monthly).WithName("GetMonthlyUsage").WithSummary("The same for each UTC month");

        var admin = app.MapGroup("/api/admin").RequireAdmin().WithTags("Admin");
        admin.MapGet("/costs", Costs).WithName("GetCosts").WithSummary("What today cost, by provider and model");
    }

    private static async Task<ApiResult<UsageView>> Total(
        [AsParameters] UsageParameters parameters, CurrentCaller caller, UsageStatistics statistics, CancellationToken ct) =>
        UsageQuery.Days(parameters, caller, statistics.Today, UsageQuery.MostDaysInAll).TryGet(out var query, out var fault)
            ? await statistics.TotalAsync(query, ct)
            : ApiResult.From<UsageView>(fault);

    private static async Task<IResult> Daily(
        [AsParameters] UsageParameters parameters, CurrentCaller caller, UsageStatistics statistics, HttpRequest request, CancellationToken ct)
    {
        if (!UsageQuery.Days(parameters, caller, statistics.Today).TryGet(out var query, out var fault))
        {
            return ApiResult.From<UsageSeries>(fault);
        }

        return EntriesCsv.IsWanted(request) ? await statistics.SheetAsync(query, ct) : new ApiResult<UsageSeries>(await statistics.DailyAsync(query, ct));
    }

    private static async Task<ApiResult<UsageSeries>> Monthly(
        [AsParameters] UsageParameters parameters, CurrentCaller caller, UsageStatistics statistics, CancellationToken ct) =>
        UsageQuery.Months(parameters, caller, statistics.Today).TryGet(out var query, out var fault)
            ? await statistics.MonthlyAsync(query, ct)
            : ApiResult.From<UsageSeries>(fault);

    private static async Task<ApiResult<CostsView>> Costs(UsageStatistics statistics, CancellationToken ct) =>
        await statistics.CostsAsync(statistics.Today, ct);
}
