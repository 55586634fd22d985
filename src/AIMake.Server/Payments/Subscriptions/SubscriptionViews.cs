using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Payments.Subscriptions;

/// <summary>Shows users their subscription, with the plan that is in force.</summary>
internal sealed class SubscriptionViews(Database database, ICreditsGlance credits, LiveCatalog catalog, PlanKeeper plans)
{
    /// <param name="row">Null for somebody who never had one.</param>
    /// <param name="checkout">Where to pay the one that is begun.</param>
    public async Task<SubscriptionView> MakeAsync(Guid user, SubscriptionRow? row, string? checkout, string language, CancellationToken ct)
    {
        var plan = (await database.ReadAsync(DbPurpose.Hot, s => credits.ReadAsync(s, user, ct), ct)).Plan;
        var name = catalog.Current.Plans.FirstOrDefault(p => p.Id == plan)?.Name.In(language) ?? plan;
        return row is null
            ? new SubscriptionView(plan, name, "none", null, null, null, null, null, null, null, checkout)
            : new SubscriptionView(
                plan, name, row.Status == "past_due" ? "pastDue" : row.Status, row.Plan, row.Provider, row.PeriodStart, row.PeriodEnd, row.EndsAt, row.EndedAt,
                row is { IsOver: false, OverdueSince: { } since } ? plans.GraceEnd(since) : null, checkout);
    }
}

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
