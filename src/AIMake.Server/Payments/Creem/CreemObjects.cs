using System.Globalization;
using System.Text.Json;

namespace AIMake.Payments.Creem;

/// <summary>
/// What Creem's objects mean. The same reading serves notices, answers and lists. Its <c>ch_</c> is a checkout, its entities' times are ISO 8601, those of
/// money are milliseconds, and any member that names another object may be an id or the object.
/// </summary>
internal sealed class CreemObjects(SaleSeal seal)
{
    public const string OrderId = "order_id";
    public const string UserId = "user_id";
    public const string PlanId = "plan";
    public const string Seal = "seal";

    /// <summary>A checkout: as an event shows it, or as it was asked for.</summary>
    public IReadOnlyList<PaymentFact> Checkout(JsonElement o, DateTimeOffset at)
    {
        var keys = new PurchaseKeys(OrderOf(o), o.NeedText("id"), o.Id("subscription"), o.Id("customer"));
        switch (o.Text("status"))
        {
            case "expired":
                return [new CheckoutEnded(keys, Failed: false, at)];
            case "processing":
                return [new PaymentAwaited(keys, at)];
            case not "completed":
                return [];
        }

        if (keys.SubscriptionId is not null)
        {
            return [new SubscriptionLinked(keys, at)];
        }

        if (o.Member("order") is not { ValueKind: JsonValueKind.Object } order || order.Text("type") == "recurring")
        {
            return [];
        }

        if (order.Text("status") != "paid")
        {
            return [new PaymentAwaited(keys, at)];
        }

        var product = o.Id("product") ?? order.NeedText("product");
        return
        [
            new PackagePaid(keys, OrderReference(order.NeedText("id")), order.Id("transaction"), Goods(order), Currency(order), at)
            {
                Unordered = new UnorderedSale(product, BuyerOf(o, product), o.Member("customer")?.Text("email")),
            },
        ];
    }

    /// <summary>A subscription, and the payment of its period where the event is of one.</summary>
    /// <param name="type">Of the event; null when it was asked for.</param>
    public IReadOnlyList<PaymentFact> Subscription(JsonElement o, string? type, DateTimeOffset at)
    {
        var seen = Seen(o, type, at);
        return type == "subscription.paid" || (type is null && o.Text("last_transaction_id") is not null) ? [seen, Period(o, seen, at)] : [seen];
    }

    /// <summary>A refund. One that is not done yet is asked about again: no other event will tell.</summary>
    public static IReadOnlyList<PaymentFact> Refund(JsonElement o, DateTimeOffset at)
    {
        if (o.Id("transaction") is not { } payment)
        {
            return [];
        }

        return o.Text("status") switch
        {
            "succeeded" when o.Member("transaction") is { ValueKind: JsonValueKind.Object } whole =>
                [new MoneyRefunded(payment, Math.Max(whole.Number("refunded_amount") ?? 0, o.NeedNumber("refund_amount")), Paid(whole), at)],
            "failed" or "canceled" => [],
            _ => [new ProviderMustTell("transaction", payment, at)],
        };
    }

    /// <summary>A dispute. Creem never tells how it ends, so it stands until a person says otherwise.</summary>
    public static IReadOnlyList<PaymentFact> Dispute(JsonElement o, DateTimeOffset at) => o.Id("transaction") is not { } payment ? [] :
        [new MoneyDisputed(o.NeedText("id"), payment, o.NeedNumber("amount"), o.Member("transaction") is { ValueKind: JsonValueKind.Object } whole ? Paid(whole) : null, DisputeState.Open, at)];

    /// <summary>What went back of a transaction; null when nothing did.</summary>
    public static MoneyRefunded? Refunded(JsonElement transaction, DateTimeOffset at) =>
        transaction.Number("refunded_amount") is > 0 and var refunded ? new MoneyRefunded(transaction.NeedText("id"), refunded, Paid(transaction), at) : null;

    /// <summary>The buyer's bank has taken a transaction back; null when it has not. By which dispute is not told, nor how it ends.</summary>
    public static MoneyDisputed? ChargedBack(JsonElement transaction, DateTimeOffset at)
    {
        var left = Paid(transaction) - (transaction.Number("refunded_amount") ?? 0);
        return transaction.Text("status") is "chargedBack" or "chargeback" && left > 0 && transaction.NeedText("id") is var id
            ? new MoneyDisputed(MoneyDisputed.Unnamed(id), id, left, Paid(transaction), DisputeState.Open, at)
            : null;
    }

    /// <summary>Whether the money came, whatever became of it since.</summary>
    public static bool WasPaid(JsonElement transaction) => transaction.Text("status") is "paid" or "refunded" or "partialRefund" or "chargedBack" or "chargeback";

    /// <summary>A transaction as Creem's books have it, without the tax, as we sold it.</summary>
    public static MoneySeen Money(JsonElement transaction, DateTimeOffset at)
    {
        var (amount, paid, refunded) = (transaction.NeedNumber("amount"), Paid(transaction), transaction.Number("refunded_amount") ?? 0);
        return new MoneySeen(transaction.NeedText("id"), amount, Currency(transaction), refunded >= paid ? amount : (long)((Int128)refunded * amount / paid), at);
    }

    public static string OrderReference(string order) => $"creem:order:{order}";

    public static string TransactionReference(string transaction) => $"creem:tran:{transaction}";

    public static string Currency(JsonElement o) => o.NeedText("currency").ToLowerInvariant();

    public static DateTimeOffset? Milliseconds(JsonElement o, string name) =>
        o.Number(name) is { } ms and >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    private static DateTimeOffset? Iso(JsonElement o, string name) =>
        o.Text(name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

    private static long Paid(JsonElement transaction) => transaction.Number("amount_paid") ?? transaction.NeedNumber("amount");

    /// <summary>What the goods cost the buyer: tax that was added is not ours, a discount is missing.</summary>
    private static long Goods(JsonElement order) => order.NeedNumber("amount") - (order.Number("discount_amount") ?? 0);

    private static Guid? OrderOf(JsonElement o) => Guid.TryParse(o.Text("request_id"), out var id) ? id : o.MetaId(OrderId);

    /// <summary>Whose purchase it is, by a seal of ours; null otherwise.</summary>
    private Guid? BuyerOf(JsonElement o, string product) =>
        o.MetaId(OrderId) is { } order && o.MetaId(UserId) is { } user && seal.Holds(new Sale(order, user, product), o.Meta(Seal)) ? user : null;

    private SubscriptionSeen Seen(JsonElement o, string? type, DateTimeOffset at)
    {
        var (status, product, end) = (o.NeedText("status"), o.Id("product"), Iso(o, "current_period_end_date"));
        var item = o.Member("items") is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().FirstOrDefault().Text("id") : null;
        return new SubscriptionSeen(
            new PurchaseKeys(o.MetaId(OrderId), null, o.NeedText("id"), o.Id("customer")), o.NeedText("id"), Status(status, type), item, product, o.Meta(PlanId),
            Iso(o, "current_period_start_date"), end, status == "scheduled_cancel" ? end : null, status == "canceled" ? Iso(o, "canceled_at") ?? at : null,
            SubscriberOf(o), at);
    }

    private PeriodPaid Period(JsonElement o, SubscriptionSeen seen, DateTimeOffset at)
    {
        var transaction = o.Member("last_transaction") is { ValueKind: JsonValueKind.Object } whole ? whole : (JsonElement?)null;
        var product = o.Member("product") is { ValueKind: JsonValueKind.Object } described ? described : (JsonElement?)null;
        var (name, price) = (o.Text("last_transaction_id") ?? transaction?.Text("id"), product?.Number("price"));
        var amount = transaction?.Number("amount") ?? price ?? throw new JsonException("A period without its price", "$.product", null, null);
        var currency = Currency(transaction ?? product!.Value);
        return new PeriodPaid(
            seen.Keys, name is null ? $"creem:period:{seen.Id}:{seen.PeriodStart:O}" : TransactionReference(name), name, amount, currency, seen.Price, seen.Plan,
            seen.PeriodStart ?? at, seen.PeriodEnd ?? at, Change: price is { } full && amount < full, seen.UserId, at);
    }

    /// <summary>As for a checkout; the product may have changed since, so the plan's first one is sealed beside it.</summary>
    private Guid? SubscriberOf(JsonElement o) => o.Meta("product") is { } sold ? BuyerOf(o, sold) : null;

    private static SubscriptionStatus Status(string text, string? type) => type == "subscription.expired" ? SubscriptionStatus.Unpaid : text switch
    {
        "active" or "scheduled_cancel" => SubscriptionStatus.Active,
        "trialing" => SubscriptionStatus.Trialing,
        "past_due" => SubscriptionStatus.PastDue,
        "unpaid" => SubscriptionStatus.Unpaid,
        "paused" => SubscriptionStatus.Paused,
        "canceled" => SubscriptionStatus.Canceled,
        _ => SubscriptionStatus.Incomplete, // also what is invented one day: no access without a known reason
    };
}
