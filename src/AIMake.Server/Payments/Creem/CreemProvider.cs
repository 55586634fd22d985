using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Catalog;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Creem;

/// <summary>Sells through Creem's hosted checkout. An order's id travels as <c>request_id</c>; a subscription carries it in its metadata.</summary>
internal sealed class CreemProvider(CreemClient client, CreemOptions options, CreemObjects objects, SaleSeal seal, LiveCatalog catalog, IServiceProvider services, TimeProvider time)
    : ISubscriptionProvider
{
    public const string ProviderName = "creem";
    private const string Label = "Creem";

    /// <summary>Money this young is still being told of, under its order's id: only later is it looked at by who paid.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromHours(1);

    public string Name => ProviderName;

    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.ApiKey);

    /// <summary>It neither tells how a dispute ends nor can be asked.</summary>
    public bool TellsDisputes => false;

    public Task<Outcome<IReadOnlyList<PaymentFact>>> AskDisputeAsync(string disputeId, CancellationToken ct) =>
        Task.FromResult<Outcome<IReadOnlyList<PaymentFact>>>(Array.Empty<PaymentFact>());

    public Task<Outcome<CheckoutPage>> OpenCheckoutAsync(OrderRow order, Buyer buyer, CancellationToken ct) =>
        ProductOf(order.Kind, order.Item) is { } product
            ? OpenAsync(new Sale(order.Id, order.UserId, product), order.IsPlan ? order.Item : null, buyer.Email, ct)
            : Task.FromResult<Outcome<CheckoutPage>>(new Fault(FaultCodes.PackageUnknown, order.Item));

    /// <summary>A page for a sale that may stand in no database. Faults: PAYMENT_PROVIDER_FAILED.</summary>
    /// <param name="plan">Our name of the plan; null for a package.</param>
    /// <param name="email">Filled in and locked on the page; null lets the buyer type.</param>
    public async Task<Outcome<CheckoutPage>> OpenAsync(Sale sale, string? plan, string? email, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["product_id"] = sale.Product, ["request_id"] = sale.OrderId.ToString("D"), ["units"] = 1,
            // Without a query of its own: what stands in it may or may not be signed on the way back.
            ["success_url"] = $"{PublicAddress.Of(services)}/checkout/creem",
            ["metadata"] = new JsonObject
            {
                [CreemObjects.OrderId] = sale.OrderId.ToString("D"), [CreemObjects.UserId] = sale.UserId.ToString("D"), ["product"] = sale.Product, [CreemObjects.Seal] = seal.Make(sale),
            },
        };
        if (plan is not null)
        {
            body["metadata"]![CreemObjects.PlanId] = plan;
        }

        if (email is not null)
        {
            body["customer"] = new JsonObject { ["email"] = email };
        }

        var answer = await client.PostAsync("/v1/checkouts", body, ct);
        return answer.Body is { } made && made.Text("id") is { } id && made.Text("checkout_url") is { } url ? new CheckoutPage(id, url, made.Id("customer")) : Failed();
    }

    /// <summary>What Creem calls a thing of the catalog; null when it does not sell it.</summary>
    public string? ProductOf(string kind, string item) => kind == "plan"
        ? catalog.Current.Plans.FirstOrDefault(p => p.Id == item)?.CreemProduct
        : catalog.Current.Packages.FirstOrDefault(p => p.Id == item)?.CreemProduct;

    public async Task<Outcome<IReadOnlyList<PaymentFact>>> AskAsync(OrderRow order, CancellationToken ct) =>
        order.CheckoutId is { } id ? await AskAsync(id, ct) : Array.Empty<PaymentFact>();

    /// <summary>What a checkout says, and its subscription.</summary>
    public async Task<Outcome<IReadOnlyList<PaymentFact>>> AskAsync(string checkoutId, CancellationToken ct)
    {
        var answer = await client.GetAsync($"/v1/checkouts?checkout_id={Uri.EscapeDataString(checkoutId)}", ct);
        if (answer.Body is not { } checkout)
        {
            return answer.Status == 404 ? Array.Empty<PaymentFact>() : Failed();
        }

        var facts = new List<PaymentFact>(objects.Checkout(checkout, time.GetUtcNow()));
        if (checkout.Id("subscription") is { } id && (await SubscriptionAsync(id, ct)).Body is { } subscription)
        {
            facts.AddRange(objects.Subscription(subscription, null, time.GetUtcNow()));
        }

        return facts;
    }

    /// <summary>Creem has no way to close one.</summary>
    public Task<Outcome<IReadOnlyList<PaymentFact>>> CloseCheckoutAsync(OrderRow order, CancellationToken ct) =>
        Task.FromResult<Outcome<IReadOnlyList<PaymentFact>>>(Array.Empty<PaymentFact>());

    /// <summary>Creem gives back all that is left and no less; a part is given back in its dashboard.</summary>
    public async Task<Outcome<IReadOnlyList<PaymentFact>>> RefundAsync(PaymentRow payment, AskedRefund refund, CancellationToken ct)
    {
        if (refund.Amount < payment.Amount - payment.Refunded || payment.PaymentId is not { } transaction)
        {
            return new Fault(FaultCodes.OrderNotRefundable);
        }

        var answer = await client.PostAsync("/v1/refunds", new JsonObject { ["transaction_id"] = transaction }, ct);
        var stands = await client.GetAsync($"/v1/transactions?transaction_id={Uri.EscapeDataString(transaction)}", ct);
        var refunded = stands.Body is { } body ? CreemObjects.Refunded(body, time.GetUtcNow()) : null;
        if (answer.Body is null && refunded is null)
        {
            return answer.Status == 400 ? new Fault(FaultCodes.OrderNotRefundable) : Failed();
        }

        return refunded is null ? Array.Empty<PaymentFact>() : new PaymentFact[] { refunded };
    }

    public async IAsyncEnumerable<PaymentFact> RecentAsync(DateTimeOffset since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var emails = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var package in catalog.Current.Packages.Where(p => p.CreemProduct is not null))
        {
            await foreach (var transaction in client.ListAsync("/v1/transactions/search", $"product_id={Uri.EscapeDataString(package.CreemProduct!)}", ct))
            {
                if (At(transaction) is var at && at < since)
                {
                    continue;
                }

                if (at < time.GetUtcNow() - Young && transaction.Id("order") is not null && CreemObjects.WasPaid(transaction))
                {
                    var email = await EmailAsync(transaction.Id("customer"), emails, ct);
                    yield return CreemFound.Sale(transaction, package.CreemProduct!, email, at);
                }

                foreach (var fact in Books(transaction, at))
                {
                    yield return fact;
                }
            }
        }

        await foreach (var row in client.ListAsync("/v1/subscriptions/search", "", ct))
        {
            // Asked for one by one: a list may leave out what the last payment was.
            if (row.Text("id") is { } id && (await SubscriptionAsync(id, ct)).Body is { } subscription)
            {
                var evidence = CreemFound.Period(subscription, time.GetUtcNow());
                foreach (var fact in objects.Subscription(subscription, null, time.GetUtcNow()))
                {
                    yield return fact is PeriodPaid ? fact with { Evidence = evidence } : fact;
                }
            }
        }

        foreach (var plan in catalog.Current.Plans.Where(p => p.CreemProduct is not null))
        {
            await foreach (var transaction in client.ListAsync("/v1/transactions/search", $"product_id={Uri.EscapeDataString(plan.CreemProduct!)}", ct))
            {
                foreach (var fact in At(transaction) is var at && at < since ? [] : Books(transaction, at))
                {
                    yield return fact;
                }
            }
        }
    }

    public async Task<Outcome<string>> OpenPortalAsync(string customerId, CancellationToken ct)
    {
        var answer = await client.PostAsync("/v1/customers/billing", new JsonObject { ["customer_id"] = customerId }, ct);
        return answer.Body?.Text("customer_portal_link") is { } url ? url : answer.Status == 404 ? new Fault(FaultCodes.NotSubscribed) : Failed();
    }

    public async Task<Outcome<SubscriptionSeen>> AskAsync(SubscriptionRow subscription, CancellationToken ct)
    {
        var answer = await SubscriptionAsync(subscription.SubscriptionId, ct);
        return answer.Body is { } body ? (SubscriptionSeen)objects.Subscription(body, null, time.GetUtcNow())[0]
            : answer.Status == 404 ? subscription.Gone(time.GetUtcNow())
            : Failed();
    }

    public Task<Outcome<SubscriptionSeen>> CancelAtPeriodEndAsync(SubscriptionRow subscription, bool cancel, CancellationToken ct) => cancel
        ? ChangeAsync(subscription, "cancel", new JsonObject { ["mode"] = "scheduled", ["onExecute"] = "cancel" }, ct)
        : ChangeAsync(subscription, "resume", null, ct);

    public async Task<Outcome<SubscriptionSeen>> EndNowAsync(SubscriptionRow subscription, CancellationToken ct)
    {
        var ended = await ChangeAsync(subscription, "cancel", new JsonObject { ["mode"] = "immediate", ["onExecute"] = "cancel" }, ct);
        if (ended.Ok)
        {
            return ended;
        }

        // Refused, or the answer was lost: it may have ended all the same.
        return await EndOfAsync(subscription, ct);
    }

    /// <summary>How one ended to which nothing could be done. Faults: PAYMENT_PROVIDER_FAILED when it has not.</summary>
    private async Task<Outcome<SubscriptionSeen>> EndOfAsync(SubscriptionRow subscription, CancellationToken ct) =>
        (await AskAsync(subscription, ct)).TryGet(out var seen, out _) && seen.EndedAt is not null ? seen : Failed();

    public Task<Outcome<SubscriptionSeen>> ChangePlanAsync(SubscriptionRow subscription, Plan plan, bool charge, CancellationToken ct) => plan.CreemProduct is { } product
        ? ChangeAsync(subscription, "upgrade", new JsonObject { ["product_id"] = product, ["update_behavior"] = charge ? "proration-charge-immediately" : "proration-none" }, ct)
        : Task.FromResult<Outcome<SubscriptionSeen>>(new Fault(FaultCodes.PackageUnknown, plan.Id));

    private IEnumerable<PaymentFact> Books(JsonElement transaction, DateTimeOffset at)
    {
        yield return CreemObjects.Money(transaction, at);
        // As of now: when something went back is not told.
        if (CreemObjects.Refunded(transaction, time.GetUtcNow()) is { } refunded)
        {
            yield return refunded;
        }

        if (CreemObjects.ChargedBack(transaction, time.GetUtcNow()) is { } disputed)
        {
            yield return disputed;
        }
    }

    private DateTimeOffset At(JsonElement transaction) => CreemObjects.Milliseconds(transaction, "created_at") ?? time.GetUtcNow();

    private Task<CreemAnswer> SubscriptionAsync(string id, CancellationToken ct) => client.GetAsync($"/v1/subscriptions?subscription_id={Uri.EscapeDataString(id)}", ct);

    private async Task<string?> EmailAsync(string? customer, Dictionary<string, string?> known, CancellationToken ct)
    {
        if (customer is null)
        {
            return null;
        }

        if (!known.TryGetValue(customer, out var email))
        {
            email = (await client.GetAsync($"/v1/customers?customer_id={Uri.EscapeDataString(customer)}", ct)).Body?.Text("email");
            known[customer] = email;
        }

        return email;
    }

    private async Task<Outcome<SubscriptionSeen>> ChangeAsync(SubscriptionRow subscription, string what, JsonObject? body, CancellationToken ct)
    {
        var answer = await client.PostAsync($"/v1/subscriptions/{Uri.EscapeDataString(subscription.SubscriptionId)}/{what}", body, ct);
        return answer.Body is { } changed ? (SubscriptionSeen)objects.Subscription(changed, what, time.GetUtcNow())[0]
            : answer.Status == 404 ? await EndOfAsync(subscription, ct) // asked a second time in other words: here the status is all there is
            : Failed();
    }

    private static Fault Failed() => new(FaultCodes.PaymentProviderFailed, Label);
}
