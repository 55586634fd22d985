using AIMake.Payments.Orders;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>A page of the provider's on which an order is paid.</summary>
/// <param name="Id">The provider's.</param>
/// <param name="Url">Where the buyer goes.</param>
/// <param name="CustomerId">The provider's customer, when it is known already.</param>
internal sealed record CheckoutPage(string Id, string Url, string? CustomerId);

/// <summary>Who buys.</summary>
/// <param name="CustomerId">The provider's customer from an earlier purchase.</param>
internal sealed record Buyer(Guid UserId, string Email, string? CustomerId);

/// <summary>
/// A service that takes money. Its methods call out, so none runs inside a transaction; what it learns comes back as facts, and
/// <see cref="Fulfilment"/> alone applies them. Faults of all: PAYMENT_PROVIDER_FAILED.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>Lower case, e.g. <c>stripe</c>; stands in orders and addresses.</summary>
    string Name { get; }

    /// <summary>Whether there is a key to call it with.</summary>
    bool IsConfigured { get; }

    /// <summary>
    /// Opens the page for an order that has been written down. Asked again for the same order after an unclear end, it answers with the
    /// same page where the provider can tell.
    /// </summary>
    Task<Outcome<CheckoutPage>> OpenCheckoutAsync(OrderRow order, Buyer buyer, CancellationToken ct);

    /// <summary>Asks how an order stands. Empty: the provider knows nothing that changes it.</summary>
    Task<Outcome<IReadOnlyList<PaymentFact>>> AskAsync(OrderRow order, CancellationToken ct);

    /// <summary>Closes an order's page, so that nobody pays on it any more. Empty: it cannot be closed from here, or is over already.</summary>
    Task<Outcome<IReadOnlyList<PaymentFact>>> CloseCheckoutAsync(OrderRow order, CancellationToken ct);

    /// <summary>Gives money back. Asked again with the same id, it is given back once where the provider can tell. Answers with what is known of it already.</summary>
    Task<Outcome<IReadOnlyList<PaymentFact>>> RefundAsync(PaymentRow payment, AskedRefund refund, CancellationToken ct);

    /// <summary>Whether it tells how a dispute ends. Where it does not, a person says so.</summary>
    bool TellsDisputes { get; }

    /// <summary>Asks how a dispute stands that is still open here. Empty: the provider knows nothing that changes it.</summary>
    Task<Outcome<IReadOnlyList<PaymentFact>>> AskDisputeAsync(string disputeId, CancellationToken ct);

    /// <summary>What happened since, for the nightly comparison: every payment, refund, dispute and subscription it can list.</summary>
    IAsyncEnumerable<PaymentFact> RecentAsync(DateTimeOffset since, CancellationToken ct);
}

/// <summary>What a provider that sells subscriptions can do besides. A change to one that it says it does not know is answered with its end.</summary>
internal interface ISubscriptionProvider : IPaymentProvider
{
    /// <summary>Asks how a subscription stands. One that the provider says it does not know has ended: nobody is charged for it any more.</summary>
    Task<Outcome<SubscriptionSeen>> AskAsync(SubscriptionRow subscription, CancellationToken ct);

    /// <summary>The page on which a customer manages cards, invoices and the subscription. Faults besides: NOT_SUBSCRIBED for a customer who is not known there.</summary>
    Task<Outcome<string>> OpenPortalAsync(string customerId, CancellationToken ct);

    /// <summary>Ends the subscription with its period, or takes that back.</summary>
    Task<Outcome<SubscriptionSeen>> CancelAtPeriodEndAsync(SubscriptionRow subscription, bool cancel, CancellationToken ct);

    /// <summary>Ends the subscription now, whatever is left of its period; one that has ended is answered as it is.</summary>
    Task<Outcome<SubscriptionSeen>> EndNowAsync(SubscriptionRow subscription, CancellationToken ct);

    /// <summary>Changes to another plan at once.</summary>
    /// <param name="charge">Whether the provider takes the difference for what is left of the period now; else the next period is the first that costs what
    /// the plan does. Nothing is ever given back: the credits of what was paid for stay.</param>
    Task<Outcome<SubscriptionSeen>> ChangePlanAsync(SubscriptionRow subscription, Catalog.Plan plan, bool charge, CancellationToken ct);
}
