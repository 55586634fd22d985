using AIMake.Catalog;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Subscriptions;

/// <summary>What a user does with their subscription. The provider is asked first; what it answers is applied like its notices.</summary>
internal sealed class SubscriptionDesk(Database database, OrderDesk orders, PaymentProviders providers, PlanKeeper plans, LiveCatalog catalog)
{
    /// <summary>
    /// The subscription in force (of two, for the moment until one is paid back, the one that stays), else the latest; null for somebody who
    /// never had one.
    /// </summary>
    public async Task<SubscriptionRow?> FindAsync(Guid user, CancellationToken ct)
    {
        var rows = await database.ReadAsync(DbPurpose.Hot, s => SubscriptionStore.OfUserAsync(s, user, ct), ct);
        return rows.LastOrDefault(plans.IsInForce) ?? rows.FirstOrDefault(r => !r.IsOver) ?? (rows.Count > 0 ? rows[0] : null);
    }

    /// <summary>
    /// Subscribes, or changes the plan of the subscription there is. Faults: those of <see cref="OrderDesk.OpenAsync"/>; PACKAGE_UNKNOWN,
    /// FIELD_INVALID for a provider there is not, ALREADY_SUBSCRIBED for the plan one is on, NOT_SUBSCRIBED when the provider does not know it any more.
    /// </summary>
    public async Task<Outcome<(SubscriptionRow? Changed, CheckoutView? Checkout)>> ChooseAsync(Guid user, SubscribeRequest body, IdempotencyKey key, CancellationToken ct)
    {
        if (catalog.Current.Plans.FirstOrDefault(p => p.Id == body.PlanId) is not { Price: not null } plan)
        {
            return new Fault(FaultCodes.PackageUnknown, body.PlanId.Length <= 64 ? body.PlanId : body.PlanId[..64] + "…") { Field = "planId" };
        }

        if (!providers.Names.Contains(body.Provider))
        {
            return Fault.Invalid("provider", Said.OneOf(providers.Names));
        }

        if (await FindAsync(user, ct) is not { IsOver: false } row || row.Status == "incomplete")
        {
            var opened = await orders.OpenAsync(body.Provider, user, new CheckoutRequest { PlanId = plan.Id }, key, ct);
            return opened.Select(c => ((SubscriptionRow?)null, (CheckoutView?)c));
        }

        if (row.Plan == plan.Id)
        {
            return new Fault(FaultCodes.AlreadySubscribed) { Field = "planId" };
        }

        // What a provider would credit for a lower plan pays its next periods, while the credits of the higher one are there already: one sum would buy twice.
        var lower = catalog.Current.Plans.FirstOrDefault(p => p.Id == row.Plan)?.Price is { } paid && paid.Currency == plan.Price.Currency && paid.Amount > plan.Price.Amount;
        var changed = await ActAsync(row, (provider, r) => provider.ChangePlanAsync(r, plan, charge: !lower, ct), ct);
        return Running(changed).Select(r => ((SubscriptionRow?)r, (CheckoutView?)null));
    }

    /// <summary>Ends it with its period; one that the provider does not know has ended. Faults: NOT_SUBSCRIBED, PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<SubscriptionRow>> CancelAsync(Guid user, CancellationToken ct) => await FindAsync(user, ct) is { IsOver: false } row
        ? row.EndsAt is not null ? row : await ActAsync(row, (provider, r) => provider.CancelAtPeriodEndAsync(r, cancel: true, ct), ct)
        : new Fault(FaultCodes.NotSubscribed);

    /// <summary>Whether the provider will charge for it again.</summary>
    public static bool GoesOn(SubscriptionRow row) => row is { IsOver: false, EndsAt: null, Status: not "incomplete" };

    /// <summary>Cancels whatever goes on: its owner is leaving. Faults: PAYMENT_PROVIDER_FAILED, or that the provider is not set up any more.</summary>
    public async Task<Outcome<Done>> CancelAllAsync(Guid user, CancellationToken ct)
    {
        foreach (var row in (await database.ReadAsync(DbPurpose.Hot, s => SubscriptionStore.OfUserAsync(s, user, ct), ct)).Where(GoesOn))
        {
            if ((await ActAsync(row, (provider, r) => provider.CancelAtPeriodEndAsync(r, cancel: true, ct), ct)).Fault is { } fault)
            {
                return fault;
            }
        }

        return Done.Value;
    }

    /// <summary>Takes a cancellation back. Faults: NOT_SUBSCRIBED (nothing to take back, or it is too late), PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<SubscriptionRow>> ResumeAsync(Guid user, CancellationToken ct) => await FindAsync(user, ct) is { IsOver: false } row && (row.EndsAt is not null || row.Status == "paused")
        ? Running(await ActAsync(row, (provider, r) => provider.CancelAtPeriodEndAsync(r, cancel: false, ct), ct))
        : new Fault(FaultCodes.NotSubscribed);

    /// <summary>The provider's page for cards, invoices and the subscription. Faults: NOT_SUBSCRIBED (nothing was ever bought), PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<string>> OpenPortalAsync(Guid user, CancellationToken ct)
    {
        var row = await FindAsync(user, ct);
        foreach (var name in row is null ? providers.Configured.Select(p => p.Name).ToList() : [row.Provider])
        {
            var customer = row?.CustomerId ?? await database.ReadAsync(DbPurpose.Hot, s => SubscriptionStore.FindCustomerAsync(s, user, name, ct), ct);
            if (customer is not null)
            {
                var opened = providers.TryFindSubscriptions(name, out var provider, out var fault) ? await provider.OpenPortalAsync(customer, ct) : fault;
                if (opened.Fault?.Code == FaultCodes.NotSubscribed && row is { IsOver: false })
                {
                    await ActAsync(row, (p, r) => p.AskAsync(r, ct), ct); // whose customer is gone is perhaps gone too
                }

                return opened;
            }
        }

        return new Fault(FaultCodes.NotSubscribed);
    }

    /// <summary>What was changed turned out to have ended.</summary>
    private static Outcome<SubscriptionRow> Running(Outcome<SubscriptionRow> changed) =>
        changed.TryGet(out var row, out _) && row.IsOver ? new Fault(FaultCodes.NotSubscribed) : changed;

    private async Task<Outcome<SubscriptionRow>> ActAsync(SubscriptionRow row, Func<ISubscriptionProvider, SubscriptionRow, Task<Outcome<SubscriptionSeen>>> act, CancellationToken ct)
    {
        if (!providers.TryFindSubscriptions(row.Provider, out var provider, out var fault) || !(await act(provider, row)).TryGet(out var seen, out fault))
        {
            return fault;
        }

        await orders.ApplyAsync(row.Provider, [seen], ct);
        return await FindAsync(row.UserId, ct) is { } after ? after : row;
    }
}
