using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AIMake.Catalog;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Stripe;

/// <summary>Sells through Stripe's hosted Checkout. Every POST has a key made from an id of ours, so that asked twice it is done once.</summary>
internal sealed class StripeProvider(StripeClient client, StripeQuestions ask, StripeOptions options, LiveCatalog catalog, IServiceProvider services, TimeProvider time)
    : ISubscriptionProvider
{
    public const string ProviderName = "stripe";
    private const string Label = "Stripe";

    public string Name => ProviderName;

    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.SecretKey);

    public bool TellsDisputes => true;

    public async Task<Outcome<CheckoutPage>> OpenCheckoutAsync(OrderRow order, Buyer buyer, CancellationToken ct)
    {
        if (buyer.CustomerId is { } known)
        {
            var answer = await PostSessionAsync(order, known, ct);
            if (answer.Refusal is not { Code: "resource_missing" })
            {
                return Page(answer, known);
            }
        }

        // Nobody yet, or one that was deleted over there.
        var customer = await CustomerAsync(buyer, ct);
        return customer.TryGet(out var id, out var fault) ? Page(await PostSessionAsync(order, id, ct), id) : fault;
    }

    public async Task<Outcome<IReadOnlyList<PaymentFact>>> AskAsync(OrderRow order, CancellationToken ct)
    {
        if (order.CheckoutId is not { } id)
        {
            return Array.Empty<PaymentFact>();
        }

        var answer = await client.GetAsync($"/v1/checkout/sessions/{Uri.EscapeDataString(id)}", null, ct);
        if (answer.Body is not { } session)
        {
            return answer.Refusal is { Status: 404 } ? Array.Empty<PaymentFact>() : Failed();
        }

        var facts = new List<PaymentFact>(StripeObjects.Session(session, time.GetUtcNow()));
        if (session.Id("subscription") is { } subscription)
        {
            facts.AddRange(await SubscriptionFactsAsync(subscription, ct));
        }

        return facts;
    }

    public async Task<Outcome<IReadOnlyList<PaymentFact>>> CloseCheckoutAsync(OrderRow order, CancellationToken ct)
    {
        if (order.CheckoutId is not { } id)
        {
            return Array.Empty<PaymentFact>();
        }

        var answer = await client.PostAsync($"/v1/checkout/sessions/{Uri.EscapeDataString(id)}/expire", new StripeForm(), $"expire:{order.Id}", ct);
        return answer.Body is { } session ? StripeObjects.Session(session, time.GetUtcNow()).ToList()
            : answer.Refusal is { Status: 400 or 404 } ? Array.Empty<PaymentFact>() // paid or expired meanwhile, or unknown
            : Failed();
    }

    public async Task<Outcome<IReadOnlyList<PaymentFact>>> RefundAsync(PaymentRow payment, AskedRefund refund, CancellationToken ct)
    {
        // Notices of invoices do not name the payment.
        var named = payment.PaymentId is null && StripeObjects.InvoiceOf(payment.Reference) is { } invoice ? await ask.PaymentOfAsync(invoice, ct) : null;
        if ((payment.PaymentId ?? named?.PaymentId) is not { } intent)
        {
            return new Fault(FaultCodes.OrderNotRefundable);
        }

        var form = new StripeForm().Add("payment_intent", intent).Add("amount", refund.Gross?.ToString(System.Globalization.CultureInfo.InvariantCulture)).Add("reason", "requested_by_customer").Add("metadata[refund_id]", refund.Id.ToString());
        var answer = await client.PostAsync("/v1/refunds", form, $"refund:{refund.Id}", ct);
        if (answer.Body is not { } made)
        {
            return answer.Refusal is { Status: 400 } ? new Fault(FaultCodes.OrderNotRefundable) : Failed();
        }

        // The sum stands on the charge. When it cannot be had now, the notice brings it.
        var charge = made.Id("charge") is { } id ? await ask.ChargeAsync(id, ct) : null;
        return new PaymentFact?[] { named, charge is { } body ? StripeObjects.Charge(body, time.GetUtcNow()) : null }.OfType<PaymentFact>().ToList();
    }

    public async IAsyncEnumerable<PaymentFact> RecentAsync(DateTimeOffset since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        StripeForm Since() => new StripeForm().Add("created[gte]", since.ToUnixTimeSeconds());
        await foreach (var session in client.ListAsync("/v1/checkout/sessions", Since, ct))
        {
            foreach (var fact in StripeObjects.Session(session, session.Time("created") ?? time.GetUtcNow()))
            {
                yield return fact;
            }
        }

        // With their payments, which refunds and disputes will name.
        await foreach (var invoice in client.ListAsync("/v1/invoices", () => Since().Add("status", "paid").Add("expand[0]", "data.payments"), ct))
        {
            foreach (var fact in StripeObjects.Invoice(invoice, invoice.Member("status_transitions")?.Time("paid_at") ?? invoice.Time("created") ?? time.GetUtcNow()))
            {
                yield return fact is PeriodPaid { Change: true } change ? await ask.PricedAsync(change, ct) : fact;
            }
        }

        await foreach (var fact in MoneyAsync(Since, ct))
        {
            yield return fact;
        }
    }

    public async Task<Outcome<IReadOnlyList<PaymentFact>>> AskDisputeAsync(string disputeId, CancellationToken ct)
    {
        if (await ask.DisputeAsync(disputeId, ct) is not { } dispute)
        {
            return Failed();
        }

        var facts = new List<PaymentFact> { StripeObjects.Dispute(dispute, time.GetUtcNow()) };
        await foreach (var fact in OlderAsync([dispute.Id("charge") ?? ""], ct))
        {
            facts.Add(fact);
        }

        return facts;
    }

    /// <summary>Charges since, and older ones of which something went back or was disputed since.</summary>
    private async IAsyncEnumerable<PaymentFact> MoneyAsync(Func<StripeForm> since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var disputes = (await client.ListAsync("/v1/disputes", since, ct).ToListAsync(ct)).ToLookup(d => d.Id("charge") ?? "");
        var touched = disputes.Select(d => d.Key).ToHashSet(StringComparer.Ordinal);
        await foreach (var refund in client.ListAsync("/v1/refunds", since, ct))
        {
            touched.Add(refund.Id("charge") ?? "");
        }

        await foreach (var charge in client.ListAsync("/v1/charges", since, ct))
        {
            var id = charge.NeedText("id");
            if (charge.Flag("paid") || charge.Text("status") == "succeeded")
            {
                foreach (var fact in Money(charge, disputes[id], touched.Contains(id)))
                {
                    yield return fact;
                }
            }

            touched.Remove(id);
        }

        await foreach (var fact in OlderAsync(touched, ct))
        {
            yield return fact;
        }
    }

    private async IAsyncEnumerable<PaymentFact> OlderAsync(IReadOnlyCollection<string> charges, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var id in charges.Where(c => c.Length > 0))
        {
            if (await ask.ChargeAsync(id, ct) is not { } charge)
            {
                continue;
            }

            if (charge.Id("payment_intent") is { } payment && await ask.InvoiceOfAsync(payment, ct) is { } named)
            {
                yield return named;
            }

            var disputes = await client.ListAsync("/v1/disputes", () => new StripeForm().Add("charge", id), ct).ToListAsync(ct);
            foreach (var fact in Money(charge, disputes, touched: true))
            {
                yield return fact;
            }
        }
    }

    /// <summary>A charge as Stripe's books have it, and what became of it.</summary>
    /// <param name="touched">Something went back of it, or was to: told even where nothing has in the end.</param>
    private IEnumerable<PaymentFact> Money(JsonElement charge, IEnumerable<JsonElement> disputes, bool touched)
    {
        var (now, refunded) = (time.GetUtcNow(), StripeObjects.Charge(charge, time.GetUtcNow()));
        var disputed = disputes.Select(d => StripeObjects.Dispute(d, now)).ToList();
        var taken = disputed.Where(d => d.State is DisputeState.Open or DisputeState.Lost).Sum(d => d.Amount);
        yield return new MoneySeen(refunded.PaymentId, refunded.Of, charge.NeedText("currency"), refunded.Refunded, charge.Time("created") ?? now)
        {
            Disputed = Math.Min(taken, refunded.Of),
        };
        if (touched || refunded.Refunded > 0)
        {
            yield return refunded;
        }

        foreach (var dispute in disputed)
        {
            yield return dispute;
        }
    }

    public async Task<Outcome<string>> OpenPortalAsync(string customerId, CancellationToken ct)
    {
        var form = new StripeForm().Add("customer", customerId).Add("return_url", $"{PublicAddress.Of(services)}/subscription");
        var answer = await client.PostAsync("/v1/billing_portal/sessions", form, $"portal:{Guid.CreateVersion7(time.GetUtcNow())}", ct);
        return answer.Body?.Text("url") is { } url ? url : answer.Refusal is { Code: "resource_missing" } ? new Fault(FaultCodes.NotSubscribed) : Failed();
    }

    public async Task<Outcome<SubscriptionSeen>> AskAsync(SubscriptionRow subscription, CancellationToken ct)
    {
        var answer = await client.GetAsync($"/v1/subscriptions/{Uri.EscapeDataString(subscription.SubscriptionId)}", null, ct);
        return answer.Body is { } body ? StripeObjects.Subscription(body, time.GetUtcNow())
            : answer.Refusal is { IsMissing: true } ? subscription.Gone(time.GetUtcNow())
            : Failed();
    }

    public Task<Outcome<SubscriptionSeen>> CancelAtPeriodEndAsync(SubscriptionRow subscription, bool cancel, CancellationToken ct)
    {
        var form = new StripeForm().Add("cancel_at_period_end", cancel);
        if (!cancel)
        {
            form.Add("cancel_at", ""); // the portal's shape of the same wish
        }

        return ChangeAsync(subscription, form, ct);
    }

    public async Task<Outcome<SubscriptionSeen>> EndNowAsync(SubscriptionRow subscription, CancellationToken ct)
    {
        var answer = await client.DeleteAsync($"/v1/subscriptions/{Uri.EscapeDataString(subscription.SubscriptionId)}", null, ct);
        return answer.Body is { } body && StripeObjects.Subscription(body, time.GetUtcNow()) is { EndedAt: not null } ended ? ended : await EndOfAsync(subscription, ct);
    }

    /// <summary>How one ended to which nothing could be done. Faults: PAYMENT_PROVIDER_FAILED when it has not.</summary>
    private async Task<Outcome<SubscriptionSeen>> EndOfAsync(SubscriptionRow subscription, CancellationToken ct) =>
        (await AskAsync(subscription, ct)).TryGet(out var seen, out _) && seen.EndedAt is not null ? seen : Failed();

    public async Task<Outcome<SubscriptionSeen>> ChangePlanAsync(SubscriptionRow subscription, Plan plan, bool charge, CancellationToken ct)
    {
        var path = $"/v1/subscriptions/{Uri.EscapeDataString(subscription.SubscriptionId)}";
        var now = await client.GetAsync(path, null, ct);
        if (now.Body is not { } body || body.Rows("items").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } item)
        {
            return now.Refusal is { IsMissing: true } ? subscription.Gone(time.GetUtcNow()) : Failed();
        }

        var form = new StripeForm().Add("items[0][id]", item.Text("id"));
        if (plan.StripePrice is { } price)
        {
            form.Add("items[0][price]", price);
        }
        else
        {
            form.Add("items[0][price_data][currency]", plan.Price!.Currency).Add("items[0][price_data][unit_amount]", plan.Price.Amount)
                .Add("items[0][price_data][recurring][interval]", "month").Add("items[0][price_data][product]", item.Member("price")?.Id("product"));
        }

        return await ChangeAsync(subscription, form.Add("proration_behavior", charge ? "always_invoice" : "none").Add($"metadata[{StripeObjects.PlanId}]", plan.Id), ct);
    }

    private async Task<Outcome<SubscriptionSeen>> ChangeAsync(SubscriptionRow subscription, StripeForm form, CancellationToken ct)
    {
        // Two changes to the same are two wishes: the key is of this one.
        var answer = await client.PostAsync($"/v1/subscriptions/{Uri.EscapeDataString(subscription.SubscriptionId)}", form, $"change:{Guid.CreateVersion7(time.GetUtcNow())}", ct);
        return answer.Body is { } body ? StripeObjects.Subscription(body, time.GetUtcNow())
            : answer.Refusal is { IsMissing: true } ? await EndOfAsync(subscription, ct)
            : Failed();
    }

    private async Task<IReadOnlyList<PaymentFact>> SubscriptionFactsAsync(string id, CancellationToken ct)
    {
        var facts = new List<PaymentFact>();
        if (await ask.SubscriptionAsync(id, ct) is not { } subscription)
        {
            return facts;
        }

        facts.Add(StripeObjects.Subscription(subscription, time.GetUtcNow()));
        if (subscription.Id("latest_invoice") is { } latest
            && (await client.GetAsync($"/v1/invoices/{Uri.EscapeDataString(latest)}", new StripeForm().Add("expand[0]", "payments"), ct)).Body is { } invoice
            && invoice.Text("status") == "paid")
        {
            facts.AddRange(StripeObjects.Invoice(invoice, time.GetUtcNow()));
        }

        return facts;
    }

    private async Task<Outcome<string>> CustomerAsync(Buyer buyer, CancellationToken ct)
    {
        // The address is part of the key: with another one it is another request. Hashed, because a key holds nothing personal.
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(buyer.Email)))[..16];
        var again = buyer.CustomerId is null ? "" : $":{buyer.CustomerId}";
        var form = new StripeForm().Add("email", buyer.Email).Add($"metadata[{StripeObjects.UserId}]", buyer.UserId.ToString());
        var answer = await client.PostAsync("/v1/customers", form, $"customer:{buyer.UserId}:{digest}{again}", ct);
        return answer.Body?.Text("id") is { } id ? id : Failed();
    }

    private Task<StripeAnswer> PostSessionAsync(OrderRow order, string customer, CancellationToken ct) =>
        client.PostAsync("/v1/checkout/sessions", SessionForm(order, customer), $"checkout:{order.Id}:{customer}", ct);

    internal StripeForm SessionForm(OrderRow order, string customer)
    {
        var (origin, id) = (PublicAddress.Of(services), order.Id.ToString());
        var form = new StripeForm()
            .Add("mode", order.IsPlan ? "subscription" : "payment").Add("customer", customer).Add("client_reference_id", id)
            .Add($"metadata[{StripeObjects.OrderId}]", id).Add($"metadata[{StripeObjects.UserId}]", order.UserId.ToString())
            .Add("line_items[0][quantity]", 1).Add("allow_promotion_codes", options.PromotionCodes ? "true" : null);
        if (options.AutomaticTax)
        {
            form.Add("automatic_tax[enabled]", true).Add("customer_update[address]", "auto"); // by the address the buyer gives on the page
        }

        var (name, price) = order.IsPlan
            ? (catalog.Current.Plans.First(p => p.Id == order.Item).Name.En, catalog.Current.Plans.First(p => p.Id == order.Item).StripePrice)
            : (catalog.Current.Packages.First(p => p.Id == order.Item).Name.En, catalog.Current.Packages.First(p => p.Id == order.Item).StripePrice);
        if (price is not null)
        {
            form.Add("line_items[0][price]", price);
        }
        else
        {
            form.Add("line_items[0][price_data][currency]", order.Currency).Add("line_items[0][price_data][unit_amount]", order.Amount)
                .Add("line_items[0][price_data][product_data][name]", name).Add("line_items[0][price_data][recurring][interval]", order.IsPlan ? "month" : null);
        }

        var about = order.IsPlan ? "subscription_data" : "payment_intent_data";
        return form
            .Add($"{about}[metadata][{StripeObjects.OrderId}]", id).Add($"{about}[metadata][{StripeObjects.UserId}]", order.UserId.ToString())
            .Add($"{about}[metadata][{StripeObjects.PlanId}]", order.IsPlan ? order.Item : null)
            .Add("success_url", $"{origin}/checkout/{id}?session_id={{CHECKOUT_SESSION_ID}}")
            .Add("cancel_url", $"{origin}/checkout/{id}?canceled=1");
    }

    private static Outcome<CheckoutPage> Page(StripeAnswer answer, string customer) =>
        answer.Body is { } body && body.Text("id") is { } id && body.Text("url") is { } url ? new CheckoutPage(id, url, customer) : Failed();

    private static Fault Failed() => new(FaultCodes.PaymentProviderFailed, Label);
}
