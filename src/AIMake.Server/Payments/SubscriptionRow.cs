namespace AIMake.Payments;

/// <summary>A row of <c>payments.subscriptions</c>.</summary>
internal sealed record SubscriptionRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Plan { get; init; } = "";

    public string Provider { get; init; } = "";

    public string SubscriptionId { get; init; } = "";

    public string? CustomerId { get; init; }

    public string? ItemId { get; init; }

    public string? PriceId { get; init; }

    /// <summary>Snake case of <see cref="SubscriptionStatus"/>.</summary>
    public string Status { get; init; } = "";

    public DateTimeOffset? PeriodStart { get; init; }

    public DateTimeOffset? PeriodEnd { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? OverdueSince { get; init; }

    public DateTimeOffset AsOf { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Nothing can revive it.</summary>
    public bool IsOver => EndedAt is not null;

    /// <summary>What there is to tell when the provider knows nothing of it, and so charges nobody.</summary>
    public SubscriptionSeen Gone(DateTimeOffset at) => new(
        new PurchaseKeys(null, null, SubscriptionId), SubscriptionId, SubscriptionStatus.Canceled, ItemId, PriceId, Plan, PeriodStart, PeriodEnd, EndsAt, at, UserId, at);
}
