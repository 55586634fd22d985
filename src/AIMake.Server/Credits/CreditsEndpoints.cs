using System.Text.Json;
using System.Text.Json.Serialization;
using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Credits;

/// <summary>What to check: an amount, or a request priced by its product.</summary>
public sealed class CreditsCheckRequest
{
    /// <summary>Credits, 0 or more. Alone.</summary>
    public Micro? Amount { get; init; }

    /// <summary>As in <c>POST /api/quotes</c>, e.g. <c>speech</c>; the other members are that product's own.</summary>
    public string? Kind { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Order { get; init; }
}

/// <summary>Routes of the caller's own credits.</summary>
internal static class CreditsEndpoints
{
    public static void MapCredits(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireCaller().RequireScope(ApiKeyScope.Usage | ApiKeyScope.AccountRead).WithTags("Credits");
        group.MapGet("/credits", Get).WithName("GetCredits").WithSummary("Balance and grants");
        group.MapPost("/credits-check", Check).WithName("CheckCredits").WithSummary("Whether the credits suffice for an amount or a request");
        group.MapGet("/credits/entries", GetEntries).WithName("GetCreditEntries").WithSummary("The account's statement; text/csv on request")
            .Produces<Envelope<Page<CreditEntryView>>>(StatusCodes.Status200OK, "application/json", EntriesCsv.MediaType)
            .Produces<ErrorEnvelope>(StatusCodes.Status400BadRequest);
        group.MapGet("/user/quota", GetQuota).WithName("GetQuota").WithSummary("The plan's allowance and the balance");
    }

    private static async Task<ApiResult<CreditsView>> Get(CurrentCaller caller, CreditBook book, CancellationToken ct) =>
        await book.ViewAsync(caller.UserId, ct);

    private static async Task<ApiResult<QuotaView>> GetQuota(CurrentCaller caller, CreditBook book, CancellationToken ct) =>
        await book.QuotaAsync(caller.UserId, ct);

    private static async Task<ApiResult<CreditsCheckView>> Check(CreditsCheckRequest body, CurrentCaller caller, CreditBook book, CancellationToken ct) =>
        Faulty(body) is { } fault
            ? ApiResult.From<CreditsCheckView>(fault)
            : ApiResult.From(await book.CheckAsync(caller.UserId, body.Amount, body.Kind, JsonSerializer.SerializeToElement(body.Order ?? EmptyOrder), ct));

    /// <param name="kind"><c>grant</c>, <c>spend</c>, <c>expire</c> or <c>withdraw</c>; all when absent.</param>
    /// <param name="from">First moment, inclusive.</param>
    /// <param name="to">Last moment, exclusive.</param>
    private static async Task<IResult> GetEntries(
        [AsParameters] PageQuery page, string? kind, DateTimeOffset? from, DateTimeOffset? to,
        CurrentCaller caller, CreditBook book, HttpContext context, CancellationToken ct)
    {
        if (EntryFilter.Read(kind, from, to).TryGet(out var filter, out var fault) && EntriesCsv.IsWanted(context.Request))
        {
            return new EntriesCsv(book.StatementAsync(caller.UserId, filter, ct));
        }

        return fault is null && page.Read<EntryKey>("credits:entries").TryGet(out var request, out fault)
            ? new ApiResult<Page<CreditEntryView>>(await book.EntriesAsync(caller.UserId, filter!, request, ct))
            : ApiResult.From<Page<CreditEntryView>>(fault!);
    }

    private static Fault? Faulty(CreditsCheckRequest body) => body switch
    {
        { Amount: null, Kind: null } => new Fault(FaultCodes.FieldRequired, "amount") { Field = "amount" },
        { Amount: { } amount } when amount < Micro.Zero || amount > Micro.FromCredits(CreditLimits.MostCredits) =>
            new Fault(FaultCodes.FieldOutOfRange, "amount", 0, CreditLimits.MostCredits) { Field = "amount" },
        { Amount: not null, Kind: not null } => Fault.Invalid("kind", new Said("amount is given", "已指定 amount")),
        { Amount: not null, Order.Count: > 0 } => new Fault(FaultCodes.UnknownField, body.Order!.Keys.First()) { Field = body.Order.Keys.First() },
        _ => null,
    };

    private static readonly Dictionary<string, JsonElement> EmptyOrder = [];
}
