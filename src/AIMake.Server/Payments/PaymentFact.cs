using AIMake.Catalog;

namespace AIMake.Payments;

/// <summary>Which purchase a provider speaks of: as many of the names as it gave. The order's own id is looked at first.</summary>
/// <param name="OrderId">Ours, as it travelled to the provider and back.</param>
/// <param name="CheckoutId">The provider's hosted page.</param>
/// <param name="SubscriptionId">The provider's subscription.</param>
/// <param name="CustomerId">The provider's customer.</param>
internal sealed record PurchaseKeys(Guid? OrderId, string? CheckoutId = null, string? SubscriptionId = null, string? CustomerId = null);

/// <summary>
/// Something that has happened at a provider, in words that all of them share. Facts may come twice, late and in any order, from a
/// notice, a return page or a question of ours: applying one again changes nothing.
/// </summary>
/// <param name="At">The provider's own time of it.</param>
internal abstract record PaymentFact(DateTimeOffset At)
{
    /// <summary>
    /// What the provider showed when it was asked at night, in the shape of an event, so that a sale nobody matches can be kept for a person;
    /// null where an order says whose it is.
    /// </summary>
    public MissedEvent? Evidence { get; init; }
}

/// <summary>A package was paid.</summary>
/// <param name="Reference">Names the payment for ever, with the provider before it, e.g. <c>stripe:session:cs_1</c>; the grant carries it.</param>
/// <param name="PaymentId">What refunds and disputes will name; null when it is not told yet.</param>
/// <param name="Amount">Minor units for the goods themselves, without tax that was added: compared with the order.</param>
/// <param name="Currency">Lower case.</param>
internal sealed record PackagePaid(PurchaseKeys Keys, string Reference, string? PaymentId, long Amount, string Currency, DateTimeOffset At) : PaymentFact(At)
{
    /// <summary>What a coupon of the operator's took off <see cref="Amount"/>.</summary>
    public long Discount { get; init; }

    /// <summary>Added by the provider to what was left.</summary>
    public long Tax { get; init; }

    /// <summary>What was sold without an order made first; null where there must be one.</summary>
    public UnorderedSale? Unordered { get; init; }
}

/// <summary>A sale by a link that knew no order. The order is written down when the money comes.</summary>
/// <param name="Product">The provider's id of the package.</param>
/// <param name="UserId">Who bought, if what came back says so and is ours.</param>
/// <param name="Email">Who paid, as the provider verified it.</param>
internal sealed record UnorderedSale(string Product, Guid? UserId, string? Email);

/// <summary>The buyer has finished the page, and the money is on its way (a bank transfer).</summary>
internal sealed record PaymentAwaited(PurchaseKeys Keys, DateTimeOffset At) : PaymentFact(At);

/// <summary>Nothing will come of the page: the payment failed or the page ran out.</summary>
internal sealed record CheckoutEnded(PurchaseKeys Keys, bool Failed, DateTimeOffset At) : PaymentFact(At);

/// <summary>A period of a plan was paid.</summary>
/// <param name="Reference">As of <see cref="PackagePaid"/>, one for each period, e.g. <c>stripe:invoice:in_1</c>.</param>
/// <param name="Price">The provider's id of what was sold; null when it has none.</param>
/// <param name="Plan">
/// Our name of the plan, as it travelled; used when <paramref name="Price"/> tells nothing. Null where what travelled may be of the plan before.
/// </param>
/// <param name="Change">The plan was changed in the middle of a period: the difference was paid.</param>
/// <param name="UserId">As it travelled.</param>
internal sealed record PeriodPaid(
    PurchaseKeys Keys, string Reference, string? PaymentId, long Amount, string Currency, string? Price, string? Plan,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, bool Change, Guid? UserId, DateTimeOffset At) : PaymentFact(At)
{
    /// <summary>What it cost before coupons and what was to the buyer's credit; null where that is what was paid.</summary>
    public long? ListPrice { get; init; }

    /// <summary>What a whole period costs at <see cref="Price"/>, as the provider said when it was asked; null when it was not.</summary>
    public Money? FullPrice { get; init; }

    /// <summary>Added by the provider to what was paid.</summary>
    public long Tax { get; init; }
}

/// <summary>How a subscription stands.</summary>
/// <param name="Item">The provider's line in it.</param>
/// <param name="EndsAt">When it will end because somebody canceled it.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record SubscriptionSeen(
    PurchaseKeys Keys, string Id, SubscriptionStatus Status, string? Item, string? Price, string? Plan,
    DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd, DateTimeOffset? EndsAt, DateTimeOffset? EndedAt, Guid? UserId, DateTimeOffset At) : PaymentFact(At)
{
    /// <summary>
    /// <see cref="PaymentFact.At"/> is told in whole seconds, within which the order is not known: what differs from another word of the same
    /// second waits until the provider has been asked.
    /// </summary>
    public bool IsCoarse { get; init; }
}

/// <summary>The states all providers share. Only <see cref="Canceled"/> and <see cref="Expired"/> are final.</summary>
internal enum SubscriptionStatus
{
    Incomplete,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Paused,
    Canceled,

    /// <summary>The first payment never came.</summary>
    Expired,
}

/// <summary>Money went back to the buyer.</summary>
/// <param name="Refunded">All that went back so far, in units of <paramref name="Of"/>.</param>
/// <param name="Of">What was paid, tax included where the provider refunds it too.</param>
internal sealed record MoneyRefunded(string PaymentId, long Refunded, long Of, DateTimeOffset At) : PaymentFact(At);

/// <summary>The buyer's bank asks the money back.</summary>
/// <param name="Amount">In units of <paramref name="Of"/>.</param>
/// <param name="Of">What was paid; null when the provider counts like the payment.</param>
internal sealed record MoneyDisputed(string DisputeId, string PaymentId, long Amount, long? Of, DisputeState State, DateTimeOffset At) : PaymentFact(At)
{
    /// <summary>
    /// Seen by what became of the money; the dispute's own name is not told. It counts only where none is known, and gives its place to the
    /// first that has a name. <see cref="DisputeId"/> is then <see cref="Unnamed"/>.
    /// </summary>
    public bool IsUnnamed => DisputeId == Unnamed(PaymentId);

    public static string Unnamed(string payment) => $"unnamed:{payment}";
}

/// <summary>Where a dispute stands. <see cref="Won"/> and <see cref="Lost"/> are final.</summary>
internal enum DisputeState
{
    /// <summary>The bank asks; no money has moved.</summary>
    Inquiry,

    /// <summary>The money is gone until it is decided.</summary>
    Open,
    Won,
    Lost,
}

/// <summary>A page led to a subscription: the order knows its name from now on.</summary>
internal sealed record SubscriptionLinked(PurchaseKeys Keys, DateTimeOffset At) : PaymentFact(At);

/// <summary>By which name refunds and disputes will speak of a payment that is known by its reference.</summary>
internal sealed record PaymentNamed(string Reference, string PaymentId, DateTimeOffset At) : PaymentFact(At);

/// <summary>Something changed, and only the provider can tell to what: the event waits until it has been asked.</summary>
/// <param name="What">E.g. <c>charge</c>.</param>
internal sealed record ProviderMustTell(string What, string Id, DateTimeOffset At) : PaymentFact(At);

/// <summary>Money as the provider's own books have it, for the comparison with ours. Changes no credits.</summary>
/// <param name="Refunded">All that went back so far.</param>
internal sealed record MoneySeen(string PaymentId, long Amount, string Currency, long Refunded, DateTimeOffset At) : PaymentFact(At)
{
    /// <summary>What banks hold or have taken of it; null where the provider does not tell.</summary>
    public long? Disputed { get; init; }
}
