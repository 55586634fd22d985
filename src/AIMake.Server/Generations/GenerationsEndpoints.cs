using System.Text.Json;
using AIMake.Accounts;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>Routes over all kinds of work.</summary>
internal static class GenerationsEndpoints
{
    public static void MapGenerations(this IEndpointRouteBuilder app)
    {
        var work = app.MapGroup("/api").RequireCaller().WithTags("Generations");
        work.MapPost("/quotes", Quote).WithName("QuoteGeneration").WithSummary("Price of any generation before it starts");
        work.MapGet("/generations/{id:guid}", Get).WithName("GetGeneration");
        work.MapGet("/generations/{id:guid}/receipt", GetReceipt).WithName("GetGenerationReceipt");
        work.MapPost("/generations/{id:guid}/cancel", Cancel).WithName("CancelGeneration");
        work.MapPost("/generations/{id:guid}/retry", Retry).WithName("RetryGeneration");
    }

    /// <param name="body">The product's own request with <c>kind</c> beside its members.</param>
    private static async Task<ApiResult<Quote>> Quote(JsonElement body, CurrentCaller caller, GenerationService generations, CancellationToken ct)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String)
        {
            return ApiResult.From<Quote>(new Fault(FaultCodes.FieldRequired, "kind") { Field = "kind" });
        }

        var rest = body.EnumerateObject().Where(p => p.Name != "kind").ToDictionary(p => p.Name, p => p.Value);
        return ApiResult.From(await generations.QuoteAsync(caller.UserId, kind.GetString()!, JsonSerializer.SerializeToElement(rest), ct));
    }

    private static async Task<ApiResult<GenerationView>> Get(
        Guid id, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await generations.FindAsync(caller.UserId, id, ct, RequestLanguage.Of(context)) is { } view
            ? (Outcome<GenerationView>)view
            : new Fault(FaultCodes.NotFound));

    private static async Task<ApiResult<Receipt>> GetReceipt(Guid id, CurrentCaller caller, GenerationService generations, CancellationToken ct) =>
        ApiResult.From(await generations.ReceiptAsync(caller.UserId, id, caller.IsAdmin, ct));

    private static async Task<ApiResult<GenerationView>> Cancel(
        Guid id, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await generations.CancelAsync(caller.UserId, id, RequestLanguage.Of(context), ct));

    private static async Task<ApiResult<GenerationView>> Retry(
        Guid id, CurrentCaller caller, GenerationService generations, HttpContext context, CancellationToken ct) =>
        ApiResult.Accepted(await generations.RetryAsync(caller.UserId, id, null, RequestLanguage.Of(context), ct));
}
