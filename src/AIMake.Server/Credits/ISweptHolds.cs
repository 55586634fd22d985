using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>Told of the holds the sweeper ends, in its transaction: whoever took them knows more of their operations than the ledger does.</summary>
internal interface ISweptHolds
{
    /// <summary>To be quick, and to fail only with the database: accounts are locked meanwhile.</summary>
    Task SweptAsync(DbSession session, IReadOnlyList<SweptHold> swept, CancellationToken ct);
}

/// <summary>A hold whose owner is gone.</summary>
/// <param name="Charged">Its last checkpoint; zero where nothing had been delivered.</param>
internal sealed record SweptHold(Guid Operation, Guid UserId, Micro Charged);
