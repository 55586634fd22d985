using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;

namespace AIMake.Payments.Subscriptions;

/// <summary>
/// Keeps the mirror of subscriptions and, from it, everybody's plan: the highest that a subscription in force pays for, else free. In
/// force is what is active, on trial, or overdue for less than the days of grace. Runs in its caller's transaction.
/// </summary>
internal sealed class PlanKeeper(
    ICreditLedger ledger, ICreditsGlance credits, LiveCatalog catalog, PaymentsOptions options, IEnumerable<IPlanFollower> followers, TimeProvider time, ILogger<PlanKeeper> log)
{
    /// <summary>By what the provider sells, else by our own name of it. Null for one that is not in the catalog.</summary>
    public Plan? PlanOf(string? price, string? name)
    {
        var plans = catalog.Current.Plans;
        return (price is null ? null : plans.FirstOrDefault(p => p.StripePrice == price || p.CreemProduct == price)) ?? plans.FirstOrDefault(p => p.Id == name);
    }

    /// <summary>
    /// What a paid period was sold as: by the provider's id; by what the subscription is under the same id; by what a whole period costs; by the name
    /// that travelled, unless the subscription has another id by now and the sum is not that plan's. With no plan, whether the provider can tell.
    /// </summary>
    public (Plan? Plan, bool MustAsk) SoldAs(PeriodPaid fact, SubscriptionRow? mirror, OrderRow? order)
    {
        var moved = fact.Price is not null && mirror?.PriceId is { } current && current != fact.Price;
        if (PlanOf(fact.Price, fact.Price is not null && mirror?.PriceId == fact.Price ? mirror.Plan : null) is { } sold)
        {
            return (sold, false);
        }

        if (fact.FullPrice is { } full && catalog.Current.Plans.Where(p => p.Price == full).ToList() is [var only])
        {
            return (only, false);
        }

        var named = fact is { Change: true, Plan: null } ? null : PlanOf(null, fact.Plan ?? mirror?.Plan ?? order?.Item);
        var isDoubtful = fact is { Change: true, Plan: null } || (moved && named?.Price is { } price && price.Amount != (fact.ListPrice ?? fact.Amount));
        return isDoubtful ? (null, fact is { Price: not null, FullPrice: null }) : (named, false);
    }

    public async Task<FactResult> FollowAsync(DbSession session, string provider, SubscriptionSeen fact, OrderRow? order, CancellationToken ct)
    {
        var known = await SubscriptionStore.LockAsync(session, provider, fact.Id, ct);
        if ((known?.UserId ?? order?.UserId ?? fact.UserId) is not { } user)
        {
            return FactResult.Waiting("subscription", fact.Id);
        }

        if (PlanOf(fact.Price, fact.Plan ?? known?.Plan ?? order?.Item) is not { Price: not null } plan)
        {
            return FactResult.Refused($"subscription {fact.Id} is for a plan that is not in the catalog") with { UserId = user };
        }

        if (known is not null && IsUndecided(known, fact, plan))
        {
            return new FactResult(FactVerdict.Waits, $"subscription {fact.Id} was told of twice in one second") { UserId = user };
        }

        var now = time.GetUtcNow();
        var changed = await SubscriptionStore.PutAsync(
            session,
            new SubscriptionRow
            {
                Id = Guid.CreateVersion7(now), UserId = user, Plan = plan.Id, Provider = provider, SubscriptionId = fact.Id, CustomerId = fact.Keys.CustomerId,
                ItemId = fact.Item, PriceId = fact.Price, Status = Name(fact.Status), PeriodStart = fact.PeriodStart, PeriodEnd = fact.PeriodEnd, EndsAt = fact.EndsAt,
                EndedAt = fact.Status is SubscriptionStatus.Canceled or SubscriptionStatus.Expired ? fact.EndedAt ?? fact.At : null, AsOf = fact.At,
            },
            now, ct);
        if (fact.Keys.CustomerId is { } customer)
        {
            await KnowCustomerAsync(session, user, provider, customer, ct);
        }

        await SettleAsync(session, user, null, ct);
        return new FactResult(changed ? FactVerdict.Applied : FactVerdict.Known) { UserId = user };
    }

    /// <summary>A period was paid: the plan is good, and its periods are counted from this one.</summary>
    public async Task PeriodPaidAsync(DbSession session, string provider, PeriodPaid fact, Guid user, Plan plan, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (fact.Keys.SubscriptionId is { } id)
        {
            var row = await SubscriptionStore.LockAsync(session, provider, id, ct);
            if (row is null)
            {
                // Told before the subscription itself was. As of the beginning of time: any word about it is newer.
                await SubscriptionStore.PutAsync(
                    session,
                    new SubscriptionRow
                    {
                        Id = Guid.CreateVersion7(now), UserId = user, Plan = plan.Id, Provider = provider, SubscriptionId = id, CustomerId = fact.Keys.CustomerId,
                        PriceId = fact.Price, Status = Name(SubscriptionStatus.Active), PeriodStart = fact.PeriodStart, PeriodEnd = fact.PeriodEnd, AsOf = DateTimeOffset.UnixEpoch,
                    },
                    now, ct);
            }
            else if (!fact.Change)
            {
                await SubscriptionStore.MarkPaidAsync(session, row.Id, fact.PeriodStart, fact.PeriodEnd, fact.At, now, ct);
            }
        }

        if (fact.Keys.CustomerId is { } customer)
        {
            await KnowCustomerAsync(session, user, provider, customer, ct);
        }

        await SettleAsync(session, user, fact.Change ? null : fact.PeriodStart, ct);
    }

    /// <summary>Puts a user on the plan the mirror says.</summary>
    /// <param name="periodStart">Of a period that was just paid.</param>
    public async Task SettleAsync(DbSession session, Guid user, DateTimeOffset? periodStart, CancellationToken ct)
    {
        var rows = await SubscriptionStore.OfUserAsync(session, user, ct);
        var plan = Effective(rows);
        var before = (await credits.ReadAsync(session, user, ct)).Plan;
        if (before == "closed" || (plan == before && periodStart is null))
        {
            return;
        }

        await ledger.SetPlanAsync(session, user, plan, plan == Plan.Free ? null : periodStart, ct);
        if (plan != before)
        {
            foreach (var follower in followers)
            {
                await follower.PlanChangedAsync(session, user, plan, paid: plan != Plan.Free, ct);
            }

            PaymentsLog.PlanChanged(log, user, plan);
        }
    }

    /// <summary>Whether a subscription gives its plan now.</summary>
    public bool IsInForce(SubscriptionRow row) => !row.IsOver && row.Status switch
    {
        "active" or "trialing" => true,
        "past_due" => row.OverdueSince is { } since && time.GetUtcNow() < GraceEnd(since),
        _ => false,
    };

    /// <summary>Whether they have deleted their account.</summary>
    public async Task<bool> IsGoneAsync(DbSession session, Guid user, CancellationToken ct) => (await credits.ReadAsync(session, user, ct)).Plan == "closed";

    /// <summary>Until when a plan is kept that is overdue since then.</summary>
    public DateTimeOffset GraceEnd(DateTimeOffset overdueSince) => overdueSince + options.Grace;

    public static string Name(SubscriptionStatus status) => status is SubscriptionStatus.PastDue ? "past_due" : status.ToString().ToLowerInvariant();

    /// <summary>Who has deleted their account is not written down again by what is told about them later.</summary>
    private async Task KnowCustomerAsync(DbSession session, Guid user, string provider, string customer, CancellationToken ct)
    {
        if (!await IsGoneAsync(session, user, ct))
        {
            await SubscriptionStore.PutCustomerAsync(session, user, provider, customer, time.GetUtcNow(), ct);
        }
    }

    /// <summary>Two words of one second that do not say the same. The way out of <c>incomplete</c>, and the end, are known to be the later ones.</summary>
    private static bool IsUndecided(SubscriptionRow known, SubscriptionSeen fact, Plan plan) =>
        fact.IsCoarse && !known.IsOver && fact.At <= known.AsOf && fact.At.ToUnixTimeSeconds() == known.AsOf.ToUnixTimeSeconds()
        && fact.Status is not (SubscriptionStatus.Canceled or SubscriptionStatus.Expired or SubscriptionStatus.Incomplete)
        && !(known.Status == "incomplete" && fact.At == known.AsOf)
        && (known.Status, known.Plan, known.EndsAt, known.PeriodEnd) != (Name(fact.Status), plan.Id, fact.EndsAt, fact.PeriodEnd);

    private string Effective(IReadOnlyList<SubscriptionRow> rows)
    {
        var paid = rows.Where(IsInForce).Select(r => r.Plan).ToHashSet(StringComparer.Ordinal);
        return catalog.Current.Plans.LastOrDefault(p => paid.Contains(p.Id))?.Id ?? Plan.Free;
    }
}

/// <summary>Told when a user's plan changes, in the transaction that changes it: roles follow the plan.</summary>
internal interface IPlanFollower
{
    /// <param name="paid">The plan is one that is paid for.</param>
    Task PlanChangedAsync(DbSession session, Guid userId, string plan, bool paid, CancellationToken ct);
}
