using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;

namespace AIMake.Payments.Creem;

/// <summary>Creem's part of payments.</summary>
internal static class CreemModule
{
    public static void AddCreem(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<CreemOptions>(CreemOptions.Section);
        var services = builder.Services;
        services.AddSingleton<SaleSeal>();
        services.AddSingleton<CreemObjects>();
        services.AddSingleton<CreemClient>();
        services.AddSingleton<CreemProvider>();
        services.AddSingleton<IPaymentProvider>(s => s.GetRequiredService<CreemProvider>());
        services.AddSingleton<IWebhookReader, CreemWebhooks>();
        services.AddSingleton<CreemDesk>();
        services.AddSingleton<CreemCheck>();
    }

    public static void MapCreem(this IEndpointRouteBuilder app)
    {
        // Whoever pays for themselves may be known by the token alone: see the decision on selling without a database.
        var payments = app.MapGroup("/api/payments").RequireCaller().SessionOnly().WithRateClass(RateClass.Paid).WithTags("Payments");
        payments.MapPost("/creem-advanced", Open).TokenSuffices().WithName("BuyWithCreem")
            .WithSummary("Order a package or a plan and get Creem's page; falls back to a simpler way by itself, and says so");
        payments.MapPost("/creem", Sell).TokenSuffices().WithName("BuyWithCreemSimply")
            .WithSummary("The simple way: a page to pay on, without a database; matched when the money comes");
        payments.MapPost("/creem/return", Return).WithName("ReturnFromCreem").WithSummary("Brings the signed address a buyer came back with; answers with the purchase");
        app.MapGet("/api/check-creem-config", Check).RequireAdmin().WithTags("Payments").WithName("CheckCreem").WithSummary("How Creem is set up, each product looked up");
    }

    private static async Task<ApiResult<CreemCheckoutView>> Open(CheckoutRequest body, CurrentCaller caller, IdempotencyKey key, CreemDesk desk, CancellationToken ct) =>
        ApiResult.From(await desk.OpenAsync(caller.UserId, body, key, ct));

    private static async Task<ApiResult<CreemCheckoutView>> Sell(CheckoutRequest body, CurrentCaller caller, CreemDesk desk, CancellationToken ct) =>
        ApiResult.From(await desk.SellAsync(caller.UserId, body, null, ct));

    private static async Task<ApiResult<OrderView>> Return(
        CreemReturnRequest body, CurrentCaller caller, CreemOptions options, CreemProvider creem, OrderDesk desk, LiveCatalog catalog, HttpContext context, CancellationToken ct)
    {
        if (!creem.IsConfigured)
        {
            return ApiResult.From<OrderView>(new Fault(FaultCodes.PaymentNotConfigured, CreemProvider.ProviderName));
        }

        if (CreemReturn.Verify(body.Query ?? "", options.ApiKey!) is not { } checkout)
        {
            return ApiResult.From<OrderView>(new Fault(FaultCodes.SignatureInvalid) { Field = "query" });
        }

        if (!(await creem.AskAsync(checkout, ct)).TryGet(out var facts, out var fault))
        {
            return ApiResult.From<OrderView>(fault);
        }

        // What took effect says whose order it is; the address only said where to look.
        var results = await desk.ApplyAsync(CreemProvider.ProviderName, facts, ct);
        return results.Select(r => r.OrderId).FirstOrDefault(id => id is not null) is { } order && await desk.FindAsync(order, caller.UserId, ct) is { } found
            ? OrderView.From(found.Order, found.Payment, catalog.Current, RequestLanguage.Of(context))
            : ApiResult.From<OrderView>(new Fault(FaultCodes.NotFound));
    }

    private static async Task<ApiResult<CreemConfigView>> Check(CreemCheck check, CancellationToken ct) => await check.RunAsync(ct);
}

/// <summary>How a buyer came back.</summary>
public sealed class CreemReturnRequest
{
    /// <summary>Everything after the <c>?</c> of the address, as it was; at most 4,000 characters.</summary>
    public string? Query { get; init; }
}
