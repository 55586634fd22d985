using System.Text.Json;
using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Generations;

/// <summary>States of a generation; <c>docs/states/generation.md</c> draws them.</summary>
public enum GenerationStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <summary>A generation as its owner sees it.</summary>
public sealed record GenerationView(
    Guid Id, string Kind, GenerationStatus Status, double Progress, string Stage, string Model, string Provider,
    Micro Credits, Micro Ceiling, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    GenerationError? Error, IReadOnlyList<GenerationAsset> Assets, IReadOnlyList<TimelineEntry> Timeline);

public sealed record GenerationError(string Code, string Message);

public sealed record GenerationAsset(Guid Id, string Kind, string Url);

public sealed record TimelineEntry(DateTimeOffset At, string Stage, string? Detail);

/// <summary>What products call. Queue, workers, leases, events and receipts stand behind it.</summary>
internal interface IGenerations
{
    /// <summary>
    /// One transaction: idempotency key claimed, ceiling held, row inserted, workers notified.
    /// Faults: INSUFFICIENT_CREDITS, DEBT_OUTSTANDING, KEY_LIMIT_REACHED, IDEMPOTENCY_*. A replayed key answers with the first generation's id.
    /// </summary>
    Task<Outcome<Started>> StartAsync(GenerationOrder order, CancellationToken ct);

    /// <summary>Waits until the generation has ended or <paramref name="most"/> has passed; null when it is not the user's.</summary>
    Task<GenerationView?> WaitAsync(Guid userId, Guid id, TimeSpan most, CancellationToken ct, string language = "en");

    Task<GenerationView?> FindAsync(Guid userId, Guid id, CancellationToken ct, string language = "en");

    /// <summary>Those of them that are the user's, in any order.</summary>
    Task<IReadOnlyList<GenerationView>> FindManyAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken ct, string language = "en");

    /// <summary>
    /// Queued work is canceled at once; running work is told to stop and ends within moments. Faults: NOT_FOUND, SCOPE_DENIED,
    /// GENERATION_NOT_CANCELABLE for what has ended.
    /// </summary>
    Task<Outcome<GenerationView>> CancelAsync(CurrentCaller caller, Guid id, string language, CancellationToken ct);

    /// <summary>Makes work that waits for its time (a snooze, another attempt) due now. Work in any other state is left alone.</summary>
    Task<bool> WakeAsync(Guid userId, Guid id, CancellationToken ct);

    /// <summary>
    /// Runs an <see cref="GenerationOrder.Inline"/> generation under its lease: the work streams to the client itself, the
    /// result is finished, settled and recorded like any other. The token given to <paramref name="work"/> ends with the lease.
    /// </summary>
    Task<GenerationView> RunInlineAsync(Guid id, Func<GenerationRun, CancellationToken, Task<RunResult>> work, CancellationToken ct);
}

/// <param name="Id">The generation, possibly that of an earlier request with the same Idempotency-Key.</param>
/// <param name="Replayed">True when the key was known.</param>
internal sealed record Started(Guid Id, bool Replayed);
