using System.Text.Json;

namespace AIMake.Payments.Stripe;

/// <summary>
/// What Stripe's objects mean. The same reading serves notices, answers and lists, so that all say the same. Members an older version
/// had elsewhere are looked for there too.
/// </summary>
internal static class StripeObjects
{
    public const string OrderId = "order_id";
    public const string UserId = "user_id";
    public const string PlanId = "plan";
    private const string Invoices = "stripe:invoice:";

    /// <summary>A checkout session.</summary>
    /// <param name="asyncFailed">The event says that a delayed payment failed, which the session itself does not.</param>
    public static IReadOnlyList<PaymentFact> Session(JsonElement o, DateTimeOffset at, bool asyncFailed = false)
    {
        var order = Guid.TryParse(o.Text("client_reference_id"), out var id) ? id : o.MetaId(OrderId);
        var keys = new PurchaseKeys(order, o.NeedText("id"), o.Id("subscription"), o.Id("customer"));
        var (status, paid) = (o.Text("status"), o.Text("payment_status"));
        if (asyncFailed)
        {
            return [new CheckoutEnded(keys, Failed: true, at)];
        }

        if (status == "expired")
        {
            return [new CheckoutEnded(keys, Failed: false, at)];
        }

        if (o.Text("mode") == "subscription")
        {
            return keys.SubscriptionId is null ? [] : [new SubscriptionLinked(keys, at)];
        }

        if (paid is "paid" or "no_payment_required")
        {
            var (price, discount, tax) = Sum(o);
            return
            [
                new PackagePaid(keys, $"stripe:session:{keys.CheckoutId}", o.Id("payment_intent"), price, o.NeedText("currency"), at) { Discount = discount, Tax = tax },
            ];
        }

        return status == "complete" ? [new PaymentAwaited(keys, at)] : [];
    }

    /// <summary>A subscription.</summary>
    public static SubscriptionSeen Subscription(JsonElement o, DateTimeOffset at)
    {
        var item = o.Rows("items").FirstOrDefault();
        var end = item.Time("current_period_end") ?? o.Time("current_period_end");
        var status = Status(o.NeedText("status"));
        return new SubscriptionSeen(
            new PurchaseKeys(o.MetaId(OrderId), null, o.NeedText("id"), o.Id("customer")), o.NeedText("id"), status, item.Text("id"), item.Id("price"), o.Meta(PlanId),
            item.Time("current_period_start") ?? o.Time("current_period_start"), end,
            // Two shapes: the flag, and the moment, which the portal writes.
            o.Time("cancel_at") ?? (o.Flag("cancel_at_period_end") ? end : null),
            status is SubscriptionStatus.Canceled or SubscriptionStatus.Expired ? o.Time("ended_at") ?? at : null, o.MetaId(UserId), at);
    }

    /// <summary>A paid invoice; none for one that belongs to no subscription.</summary>
    public static IReadOnlyList<PaymentFact> Invoice(JsonElement o, DateTimeOffset at)
    {
        var details = o.Member("parent", "subscription_details");
        if ((details?.Id("subscription") ?? o.Id("subscription")) is not { } subscription)
        {
            return [];
        }

        var line = o.Rows("lines").OrderByDescending(l => l.Number("amount") ?? 0).FirstOrDefault();
        var period = line.Member("period") ?? throw new JsonException("An invoice without lines", "$.lines", null, null);
        var metadata = details ?? o;
        var reason = o.Text("billing_reason");
        var added = o.Member("total_taxes") is { ValueKind: JsonValueKind.Array } taxes
            ? taxes.EnumerateArray().Where(t => t.Text("tax_behavior") != "inclusive").Sum(t => t.Number("amount") ?? 0)
            : 0;
        var tax = Math.Clamp(added, 0, o.NeedNumber("amount_paid")); // below zero on the invoice of a lower plan: nothing was paid
        var change = reason is not ("subscription_create" or "subscription_cycle");
        return
        [
            new PeriodPaid(
                new PurchaseKeys(metadata.MetaId(OrderId), null, subscription, o.Id("customer")), InvoiceReference(o.NeedText("id")), PaymentOf(o),
                o.NeedNumber("amount_paid") - tax, o.NeedText("currency"),
                // The metadata are those of the moment the invoice was closed, which may be before the change it is for: its lines say what was sold.
                line.Member("pricing", "price_details")?.Id("price") ?? line.Id("price"), change ? null : metadata.Meta(PlanId),
                period.Time("start") ?? at, period.Time("end") ?? at, change, metadata.MetaId(UserId), at)
            {
                Tax = tax, ListPrice = o.Number("subtotal"),
            },
        ];
    }

    public static string InvoiceReference(string invoice) => $"{Invoices}{invoice}";

    /// <summary>The invoice a payment is known by; null for any other.</summary>
    public static string? InvoiceOf(string reference) => reference.StartsWith(Invoices, StringComparison.Ordinal) ? reference[Invoices.Length..] : null;

    /// <summary>
    /// What the goods of a session cost, what a coupon took off that, and the tax on top of it: a price that includes its tax has none. Figures
    /// that do not add up are no coupon and no tax: then the price is what was paid.
    /// </summary>
    private static (long Price, long Discount, long Tax) Sum(JsonElement session)
    {
        var (total, details) = (session.NeedNumber("amount_total"), session.Member("total_details"));
        var (discount, tax) = (details?.Number("amount_discount") ?? 0, details?.Number("amount_tax") ?? 0);
        var price = session.Number("amount_subtotal") ?? total - tax + discount;
        var added = total - (price - discount);
        return discount >= 0 && discount <= price && added >= 0 && added <= tax ? (price, discount, added) : (total, 0, 0);
    }

    /// <summary>A charge of which something went back, or may have.</summary>
    public static MoneyRefunded Charge(JsonElement o, DateTimeOffset at) =>
        new(o.Id("payment_intent") ?? o.NeedText("id"), o.NeedNumber("amount_refunded"), o.NeedNumber("amount"), at);

    /// <summary>A dispute. One that ends as an inquiry, or was prevented, took nothing.</summary>
    public static MoneyDisputed Dispute(JsonElement o, DateTimeOffset at) => new(
        o.NeedText("id"), o.Id("payment_intent") ?? o.Id("charge") ?? "", o.NeedNumber("amount"), null,
        o.NeedText("status") switch
        {
            "won" or "warning_closed" or "prevented" => DisputeState.Won,
            "lost" => DisputeState.Lost,
            var s when s.StartsWith("warning_", StringComparison.Ordinal) => DisputeState.Inquiry,
            _ => DisputeState.Open,
        },
        at);

    /// <summary>What refunds and disputes of an invoice will name, when the invoice tells it.</summary>
    private static string? PaymentOf(JsonElement invoice) =>
        invoice.Rows("payments").Select(p => p.Member("payment")?.Id("payment_intent")).FirstOrDefault(p => p is not null) ?? invoice.Id("payment_intent");

    private static SubscriptionStatus Status(string text) => text switch
    {
        "active" => SubscriptionStatus.Active,
        "trialing" => SubscriptionStatus.Trialing,
        "past_due" => SubscriptionStatus.PastDue,
        "unpaid" => SubscriptionStatus.Unpaid,
        "paused" => SubscriptionStatus.Paused,
        "canceled" => SubscriptionStatus.Canceled,
        "incomplete_expired" => SubscriptionStatus.Expired,
        _ => SubscriptionStatus.Incomplete, // also what is invented one day: no access without a known reason
    };
}
