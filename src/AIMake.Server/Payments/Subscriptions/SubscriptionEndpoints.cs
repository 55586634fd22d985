using AIMake.Accounts;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Subscriptions;

/// <summary>Routes of a user's own subscription.</summary>
internal static class SubscriptionEndpoints
{
    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        var subscription = app.MapGroup("/api/subscription").RequireCaller().SessionOnly().WithTags("Payments");
        subscription.MapGet("", Get).WithName("GetSubscription").WithSummary("Plan, period and what comes next");
        subscription.MapPost("", Choose).WithRateClass(RateClass.Paid).WithName("ChooseSubscription")
            .WithSummary("Subscribe (answers with the page to pay on), or change the plan at once; the provider settles the difference");
        subscription.MapDelete("", Cancel).WithName("CancelSubscription").WithSummary("End it with its period; until then all stays as it is");
        subscription.MapPost("/resume", Resume).WithName("ResumeSubscription").WithSummary("Take a cancellation back");
        subscription.MapPost("/portal", Portal).WithRateClass(RateClass.Paid).WithName("OpenBillingPortal").WithSummary("The provider's page for cards and invoices");
    }

    private static async Task<ApiResult<SubscriptionView>> Get(CurrentCaller caller, SubscriptionDesk desk, SubscriptionViews views, HttpContext context, CancellationToken ct) =>
        await views.MakeAsync(caller.UserId, await desk.FindAsync(caller.UserId, ct), null, RequestLanguage.Of(context), ct);

    private static async Task<ApiResult<SubscriptionView>> Choose(
        SubscribeRequest body, CurrentCaller caller, IdempotencyKey key, SubscriptionDesk desk, SubscriptionViews views, HttpContext context, CancellationToken ct) =>
        (await desk.ChooseAsync(caller.UserId, body, key, ct)).TryGet(out var chosen, out var fault)
            ? await views.MakeAsync(
                caller.UserId, chosen.Changed ?? await desk.FindAsync(caller.UserId, ct), chosen.Checkout?.CheckoutUrl, RequestLanguage.Of(context), ct)
            : ApiResult.From<SubscriptionView>(fault);

    private static async Task<ApiResult<SubscriptionView>> Cancel(CurrentCaller caller, SubscriptionDesk desk, SubscriptionViews views, HttpContext context, CancellationToken ct) =>
        await ViewAsync(await desk.CancelAsync(caller.UserId, ct), views, context, ct);

    private static async Task<ApiResult<SubscriptionView>> Resume(CurrentCaller caller, SubscriptionDesk desk, SubscriptionViews views, HttpContext context, CancellationToken ct) =>
        await ViewAsync(await desk.ResumeAsync(caller.UserId, ct), views, context, ct);

    private static async Task<ApiResult<PortalView>> Portal(CurrentCaller caller, SubscriptionDesk desk, CancellationToken ct) =>
        ApiResult.From((await desk.OpenPortalAsync(caller.UserId, ct)).Select(url => new PortalView(url)));

    private static async Task<ApiResult<SubscriptionView>> ViewAsync(Outcome<SubscriptionRow> outcome, SubscriptionViews views, HttpContext context, CancellationToken ct) =>
        outcome.TryGet(out var row, out var fault) ? await views.MakeAsync(row.UserId, row, null, RequestLanguage.Of(context), ct) : ApiResult.From<SubscriptionView>(fault);
}

/// <summary>Which plan.</summary>
/// <param name="PlanId">A plan with a price, of <c>GET /api/packages</c>.</param>
/// <param name="Provider">Where to pay a new subscription: <c>stripe</c> (default), <c>creem</c>.</param>
public sealed record SubscribeRequest(string PlanId, string Provider = "stripe");

/// <summary>Where to go.</summary>
public sealed record PortalView(string Url);
