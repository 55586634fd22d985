using System.Text.Json;
using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>Routes over all kinds of work.</summary>
internal static class GenerationsEndpoints
{
    public static void MapGenerations(this IEndpointRouteBuilder app)
    {
        var work = app.MapGroup("/api").RequireCaller().RequireScope(ApiKeyScope.Making | ApiKeyScope.Library).WithTags("Generations");
        work.MapPost("/quotes", Quote).RequireScope(ApiKeyScope.Making).WithName("QuoteGeneration").WithSummary("Price of any generation before it starts");
        work.MapGet("/generations", List).WithName("ListGenerations");
        work.MapGet("/generations/{id:guid}", Get).WithName("GetGeneration");
        work.MapGet("/generations/{id:guid}/receipt", GetReceipt).WithName("GetGenerationReceipt");
        work.MapGet("/generations/{id:guid}/events", Events).WithName("GenerationEvents").WithSummary("Live progress of one generation, as server-sent events");
        work.MapGet("/events", AllEvents).WithName("AllEvents").WithSummary("Live progress of everything of mine, as server-sent events");
        work.MapPost("/generations/{id:guid}/cancel", Cancel).RequireScope(ApiKeyScope.Making).WithName("CancelGeneration");
        work.MapPost("/generations/{id:guid}/retry", Retry).RequireScope(ApiKeyScope.Making).WithRateClass(RateClass.Paid).WithName("RetryGeneration");
    }

    /// <param name="body">The product's own request with <c>kind</c> beside its members.</param>
    private static async Task<ApiResult<Quote>> Quote(JsonElement body, CurrentCaller caller, GenerationService generations, CancellationToken ct)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return ApiResult.From<Quote>(Fault.Invalid(Said.NotAnObject));
        }

        if (!body.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String)
        {
            return ApiResult.From<Quote>(new Fault(FaultCodes.FieldRequired, "kind") { Field = "kind" });
        }

        (string Kind, JsonElement Order) asked;
        try
        {
            var rest = body.EnumerateObject().Where(p => p.Name != "kind").ToDictionary(p => p.Name, p => p.Value);
            asked = (kind.GetString()!, JsonSerializer.SerializeToElement(rest));
        }
        catch (InvalidOperationException e) when (JsonFaults.IsBadText(e))
        {
            return ApiResult.From<Quote>(Fault.Invalid(Said.NotUnicode));
        }

        return ApiResult.From(await generations.QuoteAsync(caller.UserId, asked.Kind, asked.Order, ct));
    }

    private static async Task<ApiResult<Page<GenerationView>>> List(
        [AsParameters] PageQuery page, string? kind, string? status, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct)
    {
        var request = page.Read<CreatedCursor>("generations:created");
        if (status is not null && !Enum.GetNames<GenerationStatus>().Contains(status, StringComparer.OrdinalIgnoreCase))
        {
            request = Fault.Invalid("status", Said.OneOf("queued", "running", "succeeded", "failed", "canceled"));
        }

        return request.Fault is { } fault
            ? ApiResult.From<Page<GenerationView>>(fault)
            : await generations.ListAsync(caller.UserId, kind, status?.ToLowerInvariant(), request.Value, RequestLanguage.Of(context), ct);
    }

    private static async Task<IResult> Events(
        Guid id, CurrentCaller caller, GenerationService generations, GenerationFeed feed, HttpContext context, CancellationToken ct)
    {
        if (await generations.FindAsync(caller.UserId, id, ct) is null)
        {
            return ApiResult.From<GenerationView>(new Fault(FaultCodes.NotFound));
        }

        var language = RequestLanguage.Of(context);
        return new SseStream(token => feed.OfOneAsync(caller.UserId, id, LastEventId.Of(context.Request), language, token));
    }

    private static SseStream AllEvents(CurrentCaller caller, GenerationFeed feed, HttpContext context) =>
        new(token => feed.OfUserAsync(caller.UserId, LastEventId.Of(context.Request), token));

    private static async Task<ApiResult<GenerationView>> Get(
        Guid id, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await generations.FindAsync(caller.UserId, id, ct, RequestLanguage.Of(context)) is { } view
            ? (Outcome<GenerationView>)view
            : new Fault(FaultCodes.NotFound));

    private static async Task<ApiResult<Receipt>> GetReceipt(Guid id, CurrentCaller caller, GenerationService generations, CancellationToken ct) =>
        ApiResult.From(await generations.ReceiptAsync(caller.UserId, id, caller.IsAdmin, ct));

    private static async Task<ApiResult<GenerationView>> Cancel(
        Guid id, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await generations.CancelAsync(caller, id, RequestLanguage.Of(context), ct));

    private static async Task<ApiResult<GenerationView>> Retry(
        Guid id, CurrentCaller caller, IdempotencyKey key, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.Accepted(await generations.RetryAsync(caller, id, key.Claim, RequestLanguage.Of(context), ct));
}
