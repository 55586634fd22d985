namespace AIMake.Credits;

/// <summary>How an account stands. All amounts are credits with at most six decimal places.</summary>
/// <param name="TotalCredits">Used, held and remaining together: what was granted and has neither expired nor been taken back.</param>
/// <param name="UsedCredits">Charged to grants that have not expired.</param>
/// <param name="HeldCredits">Set aside for work under way.</param>
/// <param name="RemainingCredits">Free to use now.</param>
/// <param name="Grants">Where the remaining and held credits come from, in the order they will be used.</param>
/// <param name="Debt">Owed after a refund took back more than was left; blocks new paid work.</param>
public sealed record CreditsView(
    Micro TotalCredits, Micro UsedCredits, Micro HeldCredits, Micro RemainingCredits, IReadOnlyList<CreditGrantView> Grants, Micro Debt);

/// <summary>Credits given at one time.</summary>
/// <param name="Source"><c>plan</c>, <c>pack</c>, <c>promotion</c>, <c>adjustment</c>, <c>refund</c>.</param>
/// <param name="Total">Granted.</param>
/// <param name="Held">Set aside for work under way.</param>
/// <param name="Remaining">Free to use now.</param>
/// <param name="ExpiresAt">UTC; null for credits that stay.</param>
public sealed record CreditGrantView(
    Guid Id, string Source, Micro Total, Micro Used, Micro Held, Micro Remaining, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt);

/// <summary>One line of the account's statement.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Kind"><c>grant</c>, <c>spend</c>, <c>expire</c>, <c>withdraw</c>.</param>
/// <param name="Amount">Above zero: received. Below: gone. All lines sum to remaining and held credits less the debt.</param>
/// <param name="At">UTC.</param>
/// <param name="GenerationId">The work a <c>spend</c> paid for.</param>
/// <param name="Description">A key or a note, e.g. the plan's name.</param>
/// <param name="Source">Of the grant, for <c>grant</c>.</param>
public sealed record CreditEntryView(
    string Id, string Kind, Micro Amount, DateTimeOffset At, Guid? GenerationId, string? Description, string? Source);

/// <summary>The plan's allowance and the whole balance.</summary>
/// <param name="QuotaLimit">This period's allowance.</param>
/// <param name="QuotaUsed">Used of it.</param>
/// <param name="ResetAt">UTC; when the next period begins.</param>
public sealed record QuotaView(string Plan, Micro QuotaLimit, Micro QuotaUsed, DateTimeOffset ResetAt, QuotaCredits Credits);

/// <summary>The balance inside <see cref="QuotaView"/>.</summary>
public sealed record QuotaCredits(Micro Total, Micro Used, Micro Held, Micro Remaining);

/// <summary>Whether the credits suffice.</summary>
/// <param name="Required">The most it may cost.</param>
/// <param name="Remaining">Free to use now.</param>
public sealed record CreditsCheckView(bool Sufficient, Micro Required, Micro Remaining);
