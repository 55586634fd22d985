using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Providers;

namespace AIMake.Usage;

/// <summary>Keeps what was used and what it cost us. Written in the transaction that charges for it.</summary>
internal interface IUsageBook
{
    /// <summary>Writes a batch; an operation already written is left as it stands.</summary>
    Task RecordAsync(DbSession session, IReadOnlyList<UsageEvent> events, CancellationToken ct);

    /// <summary>
    /// Notes what calls that last have come to so far, in the transaction that brings their checkpoints up to date: should their server
    /// die, the sweep of their holds makes their events from it. Charges are the ledger's to say.
    /// </summary>
    Task NoteAsync(DbSession session, IReadOnlyList<UsageEvent> soFar, CancellationToken ct);

    /// <summary>Forgets what was noted of calls that have ended as they should.</summary>
    Task DropNotesAsync(DbSession session, IReadOnlyList<Guid> operations, CancellationToken ct);
}

/// <summary>One paid call, or one that was paid with a user's own key.</summary>
/// <param name="Operation">The ledger's operation id, unique.</param>
/// <param name="Kind">As in the catalog: <c>speech</c>, <c>chat</c> …</param>
/// <param name="Model">The model asked for.</param>
/// <param name="Charged">Credits settled; zero with a user's own key.</param>
/// <param name="CostMicroUsd">What it cost us; null when unknown.</param>
/// <param name="Duration">From the request to its end.</param>
internal sealed record UsageEvent(
    Guid Operation, Guid UserId, DateTimeOffset At, string Kind, string Model, string Provider,
    ProviderUsage Usage, Micro Charged, long? CostMicroUsd, TimeSpan Duration)
{
    public Guid? ApiKeyId { get; init; }

    public bool OwnKey { get; init; }

    /// <summary>True when the answer did not reach its end.</summary>
    public bool Cut { get; init; }
}
