using AIMake.Accounts.Storage;
using AIMake.Catalog;
using AIMake.Payments.Inbox;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Orders;

/// <summary>
/// Takes orders: written down and committed first, then the provider is asked for a page, then the page is written down. Whatever breaks
/// in between, the order's id is at the provider or the provider knows nothing.
/// </summary>
internal sealed class OrderDesk(
    Database database, LiveCatalog catalog, PaymentProviders providers, Fulfilment fulfilment, WebhookInbox inbox, TimeProvider time, ILogger<OrderDesk> log)
{
    /// <summary>Longer than any page can be paid on; Stripe closes its own after a day.</summary>
    private static readonly TimeSpan PageLives = TimeSpan.FromHours(25);

    private const int MostClosed = 50;

    /// <summary>Faults: PAYMENT_NOT_CONFIGURED, PACKAGE_UNKNOWN, ALREADY_SUBSCRIBED, PAYMENT_PROVIDER_FAILED, IDEMPOTENCY_KEY_REUSED.</summary>
    public async Task<Outcome<CheckoutView>> OpenAsync(string providerName, Guid user, CheckoutRequest body, IdempotencyKey key, CancellationToken ct)
    {
        if (!Read(body, user, providerName).TryGet(out var wanted, out var fault) || !providers.TryFind(providerName, out var provider, out fault))
        {
            return fault;
        }

        var written = await database.TryTransactAsync(DbPurpose.Hot, s => WriteDownAsync(s, wanted, key, ct), ct);
        if (!written.TryGet(out var order, out fault))
        {
            return fault;
        }

        Failpoint.Hit("orders.written");
        return order.Order.CheckoutUrl is { } open ? new CheckoutView(order.Order.Id, open) : await OpenPageAsync(provider, order.Order, order.Buyer, ct);
    }

    /// <summary>Null when there is none, or it is somebody else's.</summary>
    public Task<(OrderRow Order, PaymentRow? Payment)?> FindAsync(Guid id, Guid user, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async s => await OrderStore.FindAsync(s, id, ct) is { } order && order.UserId == user ? (order, await PaymentStore.OfOrderAsync(s, id, ct)) : ((OrderRow, PaymentRow?)?)null,
        ct);

    /// <summary>Asks the provider how an order stands, and lets what it says take effect. Faults: PAYMENT_NOT_CONFIGURED, PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<Done>> RecheckAsync(OrderRow order, CancellationToken ct)
    {
        if (!providers.TryFind(order.Provider, out var provider, out var fault) || !(await provider.AskAsync(order, ct)).TryGet(out var facts, out fault))
        {
            return fault;
        }

        await ApplyAsync(order.Provider, facts, ct);
        return Done.Value;
    }

    /// <summary>Lets facts that were asked for take effect, each in a transaction of its own; what waited for them is driven.</summary>
    public async Task<IReadOnlyList<FactResult>> ApplyAsync(string provider, IReadOnlyList<PaymentFact> facts, CancellationToken ct)
    {
        var results = new List<FactResult>();
        foreach (var fact in facts)
        {
            var result = await database.TransactAsync(DbPurpose.Admin, s => fulfilment.ApplyAsync(s, provider, fact, ct), ct);
            if (result.Verdict is FactVerdict.Refused)
            {
                PaymentsLog.ReconciliationRefused(log, fact.GetType().Name, provider, result.Why!);
            }

            results.Add(result);
        }

        if (results.Any(r => r.Woke))
        {
            await inbox.DriveAsync(ct);
        }

        return results;
    }

    /// <summary>Closes the pages a buyer who is leaving has open, where the provider can. What is paid on one all the same is granted to nobody.</summary>
    public async Task CloseOpenAsync(Guid user, CancellationToken ct)
    {
        var since = time.GetUtcNow() - PageLives;
        var pending = await database.ReadAsync(DbPurpose.Hot, s => OrderStore.AllAsync(s, OrderStates.Pending, null, user, null, MostClosed, ct), ct);
        foreach (var order in pending.Where(o => o.CreatedAt > since))
        {
            if (!providers.TryFind(order.Provider, out var provider, out _))
            {
                continue;
            }

            if (!(await provider.CloseCheckoutAsync(order, ct)).TryGet(out var facts, out _))
            {
                return; // it would not answer for the others either, and nobody is kept waiting for that
            }

            await ApplyAsync(order.Provider, facts, ct);
        }
    }

    private Outcome<OrderRow> Read(CheckoutRequest body, Guid user, string provider)
    {
        var now = time.GetUtcNow();
        var order = new OrderRow { Id = Guid.CreateVersion7(now), UserId = user, Provider = provider, CreatedAt = now, UpdatedAt = now };
        switch (body)
        {
            case { PackageId: not null, PlanId: not null }:
                return Fault.Invalid("planId", new Said("packageId is given", "已指定 packageId"));
            case { PackageId: { } id }:
                return catalog.Current.Packages.FirstOrDefault(p => p.Id == id) is { } package
                    ? order with { Kind = "package", Item = package.Id, Amount = package.Price.Amount, Currency = package.Price.Currency, Credits = package.Credits }
                    : new Fault(FaultCodes.PackageUnknown, Short(id)) { Field = "packageId" };
            case { PlanId: { } id }:
                return catalog.Current.Plans.FirstOrDefault(p => p.Id == id) is { Price: { } price } plan
                    ? order with { Kind = "plan", Item = plan.Id, Amount = price.Amount, Currency = price.Currency, Credits = plan.MonthlyCredits }
                    : new Fault(FaultCodes.PackageUnknown, Short(id)) { Field = "planId" };
            default:
                return new Fault(FaultCodes.FieldRequired, "packageId") { Field = "packageId" };
        }
    }

    private static async Task<Outcome<(OrderRow Order, Buyer Buyer)>> WriteDownAsync(DbSession session, OrderRow order, IdempotencyKey key, CancellationToken ct)
    {
        if (await Users.FindAsync(session, order.UserId, ct) is not { } user)
        {
            return new Fault(FaultCodes.InvalidToken);
        }

        var buyer = new Buyer(user.Id, user.Email, await SubscriptionStore.FindCustomerAsync(session, user.Id, order.Provider, ct));
        if (key.Claim is { } claim)
        {
            var rows = await IdempotencyKeys.ClaimAsync(session, [(user.Id, claim.Key, claim.RequestHash, order.Id)], ct);
            if (!rows[0].RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
            {
                return new Fault(FaultCodes.IdempotencyKeyReused);
            }

            if (rows[0].GenerationId != order.Id)
            {
                return await OrderStore.FindAsync(session, rows[0].GenerationId, ct) is { } first ? (first, buyer) : new Fault(FaultCodes.IdempotencyKeyReused);
            }
        }

        if (order.IsPlan && (await SubscriptionStore.OfUserAsync(session, user.Id, ct)).Any(s => !s.IsOver && s.Status != "incomplete"))
        {
            return new Fault(FaultCodes.AlreadySubscribed) { Field = "planId" };
        }

        await OrderStore.InsertAsync(session, order, ct);
        return (order, buyer);
    }

    private async Task<Outcome<CheckoutView>> OpenPageAsync(IPaymentProvider provider, OrderRow order, Buyer buyer, CancellationToken ct)
    {
        if (!(await provider.OpenCheckoutAsync(order, buyer, ct)).TryGet(out var page, out var fault))
        {
            return fault;
        }

        Failpoint.Hit("orders.opened");
        await database.TransactAsync(
            DbPurpose.Hot,
            async s =>
            {
                var now = time.GetUtcNow();
                await OrderStore.SetCheckoutAsync(s, order.Id, page, now, ct);
                if (page.CustomerId is { } customer)
                {
                    await SubscriptionStore.PutCustomerAsync(s, order.UserId, order.Provider, customer, now, ct);
                }
            },
            ct);
        return new CheckoutView(order.Id, page.Url);
    }

    /// <summary>Messages repeat what was asked for, but not a megabyte of it.</summary>
    private static string Short(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
