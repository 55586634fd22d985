using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Credits;

/// <summary>An amount set aside for one operation before its work begins.</summary>
/// <param name="Operation">Chosen by the caller before the first side effect; one hold per operation, ever.</param>
/// <param name="UserId">Whose credits.</param>
/// <param name="Ceiling">The most this operation may cost; zero is allowed and holds nothing.</param>
/// <param name="Lease">
/// How long the hold lives without a renewal (database clock). Null: the owner's own row decides, in its own transactions,
/// and no sweeper touches it.
/// </param>
/// <param name="Budget">A limit to keep besides the balance; it is freed and charged with the hold.</param>
internal sealed record HoldOrder(Guid Operation, Guid UserId, Micro Ceiling, TimeSpan? Lease, Budget? Budget = null);

/// <summary>How one hold was answered. Null fault: the credits are set aside (or already were, for the same order).</summary>
internal readonly record struct HoldReply(Guid Operation, Fault? Fault);

/// <summary>The end of a hold: <paramref name="Amount"/> is charged (at most the hold), the rest is free again.</summary>
internal sealed record Settlement(Guid Operation, Micro Amount, string What);

/// <summary>Credits to be set aside ahead, for many calls of one user.</summary>
/// <param name="Id">Chosen by the caller; one advance for each, ever.</param>
/// <param name="Ceiling">The most one of the calls may cost, more than zero.</param>
/// <param name="Wanted">As much as the caller has use for.</param>
/// <param name="Lease">As for a hold.</param>
internal sealed record AdvanceOrder(Guid Id, Guid UserId, Micro Ceiling, Micro Wanted, TimeSpan Lease);

/// <summary>A charge drawn from an advance.</summary>
/// <param name="Operation">The call's own; drawn once, ever.</param>
/// <param name="Amount">More than zero.</param>
internal sealed record Draw(Guid Advance, Guid Operation, Micro Amount, string What);

/// <summary>Credits given to a user.</summary>
/// <param name="SourceKey">Unique for ever: a grant with a known key does nothing, e.g. <c>plan:{user}:2026-11</c>.</param>
/// <param name="Source"><c>plan</c>, <c>pack</c>, <c>promotion</c>, <c>adjustment</c>, <c>refund</c>.</param>
/// <param name="Priority">Lower burns first: plan 10, promotion 20, pack 50.</param>
internal sealed record GrantOrder(Guid UserId, Micro Amount, string Source, string SourceKey, int Priority, DateTimeOffset? ExpiresAt, string Note);

/// <summary>Credits taken back: a refund, a dispute, a correction.</summary>
/// <param name="Amount">More than zero.</param>
/// <param name="SourceKey">Unique for ever: a withdrawal with a known key does nothing.</param>
/// <param name="GrantKey">Source key of the grant to take from first; then the others in the order they burn. Held credits are not touched.</param>
/// <param name="ToDebt">What is missing becomes a debt, which blocks new holds until it is repaid; otherwise it is let go.</param>
internal sealed record WithdrawOrder(Guid UserId, Micro Amount, string SourceKey, string? GrantKey, bool ToDebt, string Note);

/// <summary>
/// The ledger: the only writer of the <c>credits</c> schema. Every verb runs inside the caller's transaction, so money and
/// state change together or not at all. Orders within one call are independent: one that is refused does not undo another.
/// Accounts are locked in the order of their ids.
/// </summary>
internal interface ICreditLedger
{
    /// <summary>Sets credits aside. Faults: INSUFFICIENT_CREDITS, DEBT_OUTSTANDING, KEY_LIMIT_REACHED. Same operation and amount again: no effect, no fault.</summary>
    Task<IReadOnlyList<HoldReply>> HoldAsync(DbSession session, IReadOnlyList<HoldOrder> orders, CancellationToken ct);

    /// <summary>Charges holds. True where this call settled it; false where it was already settled or voided.</summary>
    /// <exception cref="InvalidOperationException">An amount above its hold, or an unknown operation: a bug in the caller.</exception>
    Task<IReadOnlyList<bool>> SettleAsync(DbSession session, IReadOnlyList<Settlement> settlements, CancellationToken ct);

    /// <summary>Frees holds without charge. True where this call voided it.</summary>
    Task<IReadOnlyList<bool>> VoidAsync(DbSession session, IReadOnlyList<Guid> operations, CancellationToken ct);

    /// <summary>Extends the leases of open holds and stores the checkpoint to charge should the owner die.</summary>
    Task RenewAsync(DbSession session, IReadOnlyList<(Guid Operation, Micro Checkpoint)> holds, TimeSpan lease, CancellationToken ct);

    /// <summary>
    /// Opens an advance, kept alive like a hold with <see cref="RenewAsync"/> (checkpoint zero). Answers its size: at most what was wanted
    /// and a sixteenth of what the user has available; zero, and nothing is set aside, where that is worth less than four calls.
    /// </summary>
    Task<Micro> OpenAdvanceAsync(DbSession session, AdvanceOrder order, CancellationToken ct);

    /// <summary>Draws charges from advances, all or none. An operation that was drawn before is left as it stands.</summary>
    /// <exception cref="InvalidOperationException">An advance has ended, see <see cref="CreditLedger.IsUnknownHold"/>.</exception>
    Task DrawAsync(DbSession session, IReadOnlyList<Draw> draws, CancellationToken ct);

    /// <summary>
    /// Enters what was drawn into the book. <c>Keep</c> says how much to leave set aside: null all that is left, zero ends the advance.
    /// What is no longer needed is free again. Advances that have ended are left alone.
    /// </summary>
    Task PostAsync(DbSession session, IReadOnlyList<(Guid Advance, Micro? Keep)> advances, CancellationToken ct);

    /// <summary>Adds a grant. False when its source key is already known.</summary>
    Task<bool> GrantAsync(DbSession session, GrantOrder order, CancellationToken ct);

    /// <summary>Takes credits back. Answers how much was taken, the debt included; null when the source key is already known.</summary>
    Task<Micro?> WithdrawAsync(DbSession session, WithdrawOrder order, CancellationToken ct);

    /// <summary>Creates the user's account row with its first allowance; called in the transaction that creates the user.</summary>
    Task OpenAccountAsync(DbSession session, Guid userId, string plan, CancellationToken ct);

    /// <summary>
    /// Puts the user on a plan. Credits granted before stay until they expire. With a start, periods are counted from it from
    /// now on. A plan whose allowance the calendar brings starts with that of the running period, unless plan credits are still running.
    /// </summary>
    /// <param name="periodStart">When the period that was paid for began; null keeps the account's own.</param>
    Task SetPlanAsync(DbSession session, Guid userId, string plan, DateTimeOffset? periodStart, CancellationToken ct);
}
