using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Orders;

/// <summary>What is for sale, and what became of what was bought.</summary>
internal static class PaymentsEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/packages", Packages).Public().WithTags("Payments").WithName("ListPackages").WithSummary("Plans and packages with prices; has an ETag");
        var payments = app.MapGroup("/api/payments").RequireCaller().SessionOnly().WithTags("Payments");
        payments.MapGet("/orders/{id:guid}", Find).WithName("GetOrder").WithSummary("How a purchase stands");
        payments.MapPost("/orders/{id:guid}/recheck", Recheck).WithRateClass(RateClass.Paid).WithName("RecheckOrder")
            .WithSummary("\"I paid and see nothing\": asks the provider, and grants what was paid");
        app.MapGet("/api/user/purchases", Purchases).RequireCaller().RequireScope(ApiKeyScope.AccountRead).WithTags("Payments")
            .WithName("ListPurchases").WithSummary("What was bought, newest first");
    }

    private static ApiResult<PackagesView> Packages(LiveCatalog catalog, PaymentProviders providers, HttpContext context)
    {
        var (snapshot, language) = (catalog.Current, RequestLanguage.Of(context));
        var ways = providers.Configured.Select(p => p.Name).Order(StringComparer.Ordinal).ToList();
        return ApiResult.Revalidated<PackagesView>(new PackagesView(
            [.. snapshot.Plans.Select(p => new PlanView(p.Id, p.Name.In(language), p.Description.In(language), p.MonthlyCredits, PriceView.From(p.Price), p.Price is null ? [] : Ways(ways, p.CreemProduct)))],
            [.. snapshot.Packages.Select(p => new PackageView(p.Id, p.Name.In(language), p.Description.In(language), p.Credits, PriceView.From(p.Price)!, Ways(ways, p.CreemProduct)))]));
    }

    /// <summary>Creem sells only what has a product there.</summary>
    private static IReadOnlyList<string> Ways(List<string> ways, string? creemProduct) => creemProduct is null ? [.. ways.Where(w => w != "creem")] : ways;

    private static async Task<ApiResult<OrderView>> Find(Guid id, CurrentCaller caller, OrderDesk desk, LiveCatalog catalog, HttpContext context, CancellationToken ct) =>
        await ViewAsync(id, caller, desk, catalog, context, ct);

    private static async Task<ApiResult<OrderView>> Recheck(Guid id, CurrentCaller caller, OrderDesk desk, LiveCatalog catalog, HttpContext context, CancellationToken ct)
    {
        if (await desk.FindAsync(id, caller.UserId, ct) is not { } found)
        {
            return ApiResult.From<OrderView>(new Fault(FaultCodes.NotFound));
        }

        return (await desk.RecheckAsync(found.Order, ct)).Fault is { } fault ? ApiResult.From<OrderView>(fault) : await ViewAsync(id, caller, desk, catalog, context, ct);
    }

    private static async Task<ApiResult<OrderView>> ViewAsync(Guid id, CurrentCaller caller, OrderDesk desk, LiveCatalog catalog, HttpContext context, CancellationToken ct) =>
        await desk.FindAsync(id, caller.UserId, ct) is { } found
            ? OrderView.From(found.Order, found.Payment, catalog.Current, RequestLanguage.Of(context))
            : ApiResult.From<OrderView>(new Fault(FaultCodes.NotFound));

    private static async Task<ApiResult<Page<PurchaseView>>> Purchases([AsParameters] PageQuery page, CurrentCaller caller, PurchaseList purchases, HttpContext context, CancellationToken ct) =>
        page.Read<OrderKey>("purchases:id").TryGet(out var request, out var fault)
            ? await purchases.OfUserAsync(caller.UserId, request, RequestLanguage.Of(context), ct)
            : ApiResult.From<Page<PurchaseView>>(fault);
}

/// <summary>What is for sale.</summary>
/// <param name="Plans">Lowest first; the first is everybody's.</param>
public sealed record PackagesView(IReadOnlyList<PlanView> Plans, IReadOnlyList<PackageView> Packages);

/// <summary>A plan.</summary>
/// <param name="MonthlyCredits">Granted for each period, gone at its end.</param>
/// <param name="Price">For a month; null for a plan that costs nothing.</param>
/// <param name="Providers">Where it can be bought here, e.g. <c>stripe</c>.</param>
public sealed record PlanView(string Id, string Name, string Description, Micro MonthlyCredits, PriceView? Price, IReadOnlyList<string> Providers);

/// <summary>Credits sold once, which never expire.</summary>
/// <param name="Providers">Where it can be bought here, e.g. <c>stripe</c>.</param>
public sealed record PackageView(string Id, string Name, string Description, Micro Credits, PriceView Price, IReadOnlyList<string> Providers);

/// <summary>A price.</summary>
/// <param name="Amount">Whole minor units: 500 is 5.00 USD.</param>
/// <param name="Currency">ISO 4217 in lower case.</param>
public sealed record PriceView(long Amount, string Currency)
{
    internal static PriceView? From(Money? money) => money is null ? null : new(money.Amount, money.Currency);
}
