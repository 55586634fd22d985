using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Platform.Database;
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

    private static async Task<ApiResult<SubscriptionView>> Get(
        CurrentCaller caller, SubscriptionDesk desk, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans, Database database, HttpContext context, CancellationToken ct) =>
        await ViewAsync(caller, await desk.FindAsync(caller.UserId, ct), null, credits, catalog, plans, database, context, ct);

    private static async Task<ApiResult<SubscriptionView>> Choose(
        SubscribeRequest body, CurrentCaller caller, IdempotencyKey key, SubscriptionDesk desk, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans, Database database,
        HttpContext context, CancellationToken ct) =>
        (await desk.ChooseAsync(caller.UserId, body, key, ct)).TryGet(out var chosen, out var fault)
            ? await ViewAsync(caller, chosen.Changed ?? await desk.FindAsync(caller.UserId, ct), chosen.Checkout?.CheckoutUrl, credits, catalog, plans, database, context, ct)
            : ApiResult.From<SubscriptionView>(fault);

    private static async Task<ApiResult<SubscriptionView>> Cancel(
        CurrentCaller caller, SubscriptionDesk desk, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans, Database database, HttpContext context, CancellationToken ct) =>
        (await desk.CancelAsync(caller.UserId, ct)).TryGet(out var row, out var fault)
            ? await ViewAsync(caller, row, null, credits, catalog, plans, database, context, ct)
            : ApiResult.From<SubscriptionView>(fault);

    private static async Task<ApiResult<SubscriptionView>> Resume(
        CurrentCaller caller, SubscriptionDesk desk, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans, Database database, HttpContext context, CancellationToken ct) =>
        (await desk.ResumeAsync(caller.UserId, ct)).TryGet(out var row, out var fault)
            ? await ViewAsync(caller, row, null, credits, catalog, plans, database, context, ct)
            : ApiResult.From<SubscriptionView>(fault);

    private static async Task<ApiResult<PortalView>> Portal(CurrentCaller caller, SubscriptionDesk desk, CancellationToken ct) =>
        ApiResult.From((await desk.OpenPortalAsync(caller.UserId, ct)).Select(url => new PortalView(url)));

    private static async Task<SubscriptionView> ViewAsync(
        CurrentCaller caller, SubscriptionRow? row, string? checkout, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans, Database database, HttpContext context, CancellationToken ct)
    {
        var plan = (await database.ReadAsync(DbPurpose.Hot, s => credits.ReadAsync(s, caller.UserId, ct), ct)).Plan;
        var known = catalog.Current.Plans.FirstOrDefault(p => p.Id == plan);
        return new SubscriptionView(
            plan, known?.Name.In(RequestLanguage.Of(context)) ?? plan, row is null ? "none" : Wire(row.Status), row?.Plan, row?.Provider, row?.PeriodStart, row?.PeriodEnd, row?.EndsAt, row?.EndedAt,
            row is { IsOver: false, OverdueSince: { } since } ? plans.GraceEnd(since) : null, checkout);
    }

    private static string Wire(string status) => status == "past_due" ? "pastDue" : status;
}

/// <summary>Which plan.</summary>
/// <param name="PlanId">A plan with a price, of <c>GET /api/packages</c>.</param>
/// <param name="Provider">Where to pay a new subscription: <c>stripe</c> (default), <c>creem</c>.</param>
public sealed record SubscribeRequest(string PlanId, string Provider = "stripe");

/// <summary>Where to go.</summary>
public sealed record PortalView(string Url);

/// <summary>A user's plan and the subscription behind it.</summary>
/// <param name="Plan">In force now: <c>free</c>, <c>pro</c>, <c>team</c>.</param>
/// <param name="PlanName">In the language asked for.</param>
/// <param name="Status"><c>none</c>, <c>incomplete</c>, <c>trialing</c>, <c>active</c>, <c>pastDue</c>, <c>unpaid</c>, <c>paused</c>, <c>canceled</c>, <c>expired</c>.</param>
/// <param name="SubscribedPlan">What the subscription is for; differs from <paramref name="Plan"/> when it is not in force. Null without one.</param>
/// <param name="PeriodEnd">When the present period ends and the next is paid.</param>
/// <param name="EndsAt">When it ends because it was canceled; null when it goes on.</param>
/// <param name="GraceEndsAt">Until when the plan is kept while a payment is overdue; null when none is.</param>
/// <param name="CheckoutUrl">Where to pay a new subscription; only in the answer that began one.</param>
public sealed record SubscriptionView(
    string Plan, string PlanName, string Status, string? SubscribedPlan, string? Provider, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd, DateTimeOffset? EndsAt,
    DateTimeOffset? EndedAt, DateTimeOffset? GraceEndsAt, string? CheckoutUrl);
