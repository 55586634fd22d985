using AIMake.Credits;

namespace AIMake.Payments.Orders;

/// <summary>A row of <c>payments.orders</c>.</summary>
internal sealed record OrderRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    /// <summary><c>package</c> or <c>plan</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The catalog's id of what was bought.</summary>
    public string Item { get; init; } = "";

    /// <summary>Minor units.</summary>
    public long Amount { get; init; }

    /// <summary>Lower case.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What it grants, in micro-credits; for a plan, each period.</summary>
    public Micro Credits { get; init; }

    public string Provider { get; init; } = "";

    /// <summary><c>checkout</c> or <c>simple</c>.</summary>
    public string Way { get; init; } = "checkout";

    /// <summary>One of <see cref="OrderStates"/>.</summary>
    public string State { get; init; } = OrderStates.Created;

    public string? CheckoutId { get; init; }

    public string? CheckoutUrl { get; init; }

    public string? CustomerId { get; init; }

    public string? SubscriptionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public bool IsPlan => Kind == "plan";

    public bool IsPaid => PaidAt is not null;
}

/// <summary>Drawn in <c>docs/states/order.md</c>.</summary>
internal static class OrderStates
{
    /// <summary>Written down; no page yet.</summary>
    public const string Created = "created";

    /// <summary>The page is open.</summary>
    public const string Pending = "pending";

    /// <summary>The buyer is done, the money is on its way.</summary>
    public const string Awaiting = "awaiting";
    public const string Paid = "paid";
    public const string Failed = "failed";
    public const string Expired = "expired";
    public const string Canceled = "canceled";
    public const string PartlyRefunded = "partly_refunded";
    public const string Refunded = "refunded";

    /// <summary>The bank has the money until it is decided.</summary>
    public const string Disputed = "disputed";

    /// <summary>A dispute was lost.</summary>
    public const string ChargedBack = "charged_back";
}

/// <summary>A row of <c>payments.payments</c>.</summary>
internal sealed record PaymentRow
{
    public Guid Id { get; init; }

    public Guid? OrderId { get; init; }

    public Guid UserId { get; init; }

    public string Provider { get; init; } = "";

    public string Reference { get; init; } = "";

    /// <summary>The provider's name for it in refunds and disputes.</summary>
    public string? PaymentId { get; init; }

    public string? SubscriptionId { get; init; }

    public string Item { get; init; } = "";

    public long Amount { get; init; }

    /// <summary>Added to <see cref="Amount"/> by the provider; what was paid in all is both.</summary>
    public long Tax { get; init; }

    /// <summary>What a coupon, or what was to the buyer's credit, took off the price before <see cref="Amount"/>.</summary>
    public long Discount { get; init; }

    public string Currency { get; init; } = "";

    public Micro Credits { get; init; }

    public long Refunded { get; init; }

    public DateTimeOffset? RefundedAsOf { get; init; }

    public long Disputed { get; init; }

    public Micro Clawed { get; init; }

    public int Moves { get; init; }

    public DateTimeOffset PaidAt { get; init; }

    /// <summary>Why it was granted by hand.</summary>
    public string? Reason { get; init; }

    /// <summary>Minor units that can still be given back: neither refunded nor with a bank.</summary>
    public long Left => Amount - Math.Min(Amount, Refunded + Disputed);

    /// <summary>A part of the amount with its share of the tax, rounded up: taken back from the whole and rounded down it is the part again.</summary>
    public long WithTax(long part) => Tax == 0 ? part : (long)((((Int128)part * (Amount + Tax)) + Amount - 1) / Amount);

    /// <summary>Granted by hand, before the provider told of the money.</summary>
    public bool IsByHand => Reference.StartsWith(ByHand, StringComparison.Ordinal);

    public const string ByHand = "manual:";
}
