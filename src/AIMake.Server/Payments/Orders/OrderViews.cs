using AIMake.Catalog;
using AIMake.Credits;

namespace AIMake.Payments.Orders;

/// <summary>What to buy: one of the two. Price, currency and buyer are never taken from a request.</summary>
public sealed class CheckoutRequest
{
    /// <summary>A package of <c>GET /api/packages</c>.</summary>
    public string? PackageId { get; init; }

    /// <summary>A plan of <c>GET /api/packages</c> that has a price.</summary>
    public string? PlanId { get; init; }
}

/// <summary>Where to pay.</summary>
/// <param name="OrderId">Ask for it under <c>/api/payments/orders/{id}</c>.</param>
/// <param name="CheckoutUrl">The provider's page.</param>
public sealed record CheckoutView(Guid OrderId, string CheckoutUrl);

/// <summary>One purchase.</summary>
/// <param name="Kind"><c>package</c> or <c>plan</c>.</param>
/// <param name="Item">Id of the package or plan.</param>
/// <param name="Name">In the language asked for.</param>
/// <param name="Amount">Whole minor units of the currency: 500 is 5.00 USD.</param>
/// <param name="Credits">Granted by it; for a plan, each period.</param>
/// <param name="Provider"><c>stripe</c>, <c>creem</c>.</param>
/// <param name="State"><c>created</c>, <c>pending</c>, <c>awaiting</c>, <c>paid</c>, <c>failed</c>, <c>expired</c>, <c>canceled</c>, <c>partlyRefunded</c>, <c>refunded</c>, <c>disputed</c>, <c>chargedBack</c>.</param>
/// <param name="CheckoutUrl">Where it can still be paid; null otherwise.</param>
/// <param name="Refunded">Minor units given back.</param>
public sealed record OrderView(
    Guid Id, string Kind, string Item, string Name, long Amount, string Currency, Micro Credits, string Provider, string State, string? CheckoutUrl, long Refunded,
    DateTimeOffset CreatedAt, DateTimeOffset? PaidAt)
{
    internal static OrderView From(OrderRow row, PaymentRow? payment, CatalogSnapshot catalog, string language) => new(
        row.Id, row.Kind, row.Item, NameOf(row.Kind, row.Item, catalog, language), row.Amount, row.Currency, row.Credits, row.Provider, Wire(row.State),
        row.State is OrderStates.Pending ? row.CheckoutUrl : null, payment?.Refunded ?? 0, row.CreatedAt, row.PaidAt);

    /// <summary>What is not sold any more is called by its id.</summary>
    internal static string NameOf(string kind, string item, CatalogSnapshot catalog, string language) => (kind == "plan"
        ? catalog.Plans.FirstOrDefault(p => p.Id == item)?.Name
        : catalog.Packages.FirstOrDefault(p => p.Id == item)?.Name)?.In(language) ?? item;

    internal static string Wire(string state) => state switch
    {
        OrderStates.PartlyRefunded => "partlyRefunded",
        OrderStates.ChargedBack => "chargedBack",
        _ => state,
    };

    /// <summary>Null for a word that is no state.</summary>
    internal static string? Stored(string wire) => wire switch
    {
        "partlyRefunded" => OrderStates.PartlyRefunded,
        "chargedBack" => OrderStates.ChargedBack,
        _ => States.Contains(wire) ? wire : null,
    };

    internal static readonly IReadOnlyList<string> States =
        ["created", "pending", "awaiting", "paid", "failed", "expired", "canceled", "partlyRefunded", "refunded", "disputed", "chargedBack"];
}

/// <summary>A line of what was bought: a purchase, or a later period of a plan.</summary>
/// <param name="OrderId">Null for a later period.</param>
/// <param name="At">When it was paid, or else begun.</param>
public sealed record PurchaseView(
    Guid Id, Guid? OrderId, string Kind, string Item, string Name, long Amount, string Currency, Micro Credits, string Provider, string State, long Refunded, DateTimeOffset At);

/// <summary>An order as an administrator sees it.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="CheckoutId">The provider's.</param>
/// <param name="PaymentId">The provider's name of the money.</param>
/// <param name="Clawed">Credits taken back for refunds and disputes.</param>
public sealed record AdminOrderView(OrderView Order, Guid UserId, string Way, string? CheckoutId, string? PaymentId, string? SubscriptionId, string? Reference, long Disputed, Micro Clawed);
