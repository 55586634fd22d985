using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Generations;

/// <summary>
/// Does the work of one kind of generation. Found by injection under its <see cref="Kind"/>. A handler runs outside any
/// transaction, may run again after a crash (it skips the steps recorded in <see cref="GenerationRun.Steps"/>), and must
/// honour its token: it is cancelled when the user cancels, the lease is lost, the deadline passes or the server drains.
/// </summary>
internal interface IGenerationHandler
{
    string Kind { get; }

    Task<RunResult> RunAsync(GenerationRun run, CancellationToken ct);
}

/// <summary>How a run ended.</summary>
internal abstract record RunResult
{
    /// <summary>Done: charge, and record the effects in the transaction that finishes the generation.</summary>
    /// <param name="Charge">At most the ceiling.</param>
    /// <param name="Lines">The receipt; sums to <paramref name="Charge"/>.</param>
    /// <param name="Record">Writes the product's rows (assets, segments). May run more than once if the transaction is retried.</param>
    internal sealed record Succeeded(Micro Charge, IReadOnlyList<PriceLine> Lines, Func<DbSession, CancellationToken, Task>? Record = null) : RunResult
    {
        /// <summary>What it cost us, in micro-USD; null when unknown.</summary>
        public long? ProviderCostMicroUsd { get; init; }

        /// <summary>Who did the work, where that was decided only now; null: the one named when it was ordered.</summary>
        public string? Provider { get; init; }
    }

    /// <summary>Come back later without holding a thread; does not count as an attempt. What was last reported of its progress stays.</summary>
    internal sealed record Snooze(TimeSpan Delay, JsonElement State) : RunResult;

    /// <summary>Cannot work, now or later: the hold is voided.</summary>
    internal sealed record Failed(Fault Fault) : RunResult
    {
        /// <summary>Writes the product's rows in the transaction that fails it, e.g. what it cost us all the same.</summary>
        public Func<DbSession, CancellationToken, Task>? Record { get; init; }
    }

    /// <summary>May work later: back to the queue with back-off, until the attempts are used up.</summary>
    internal sealed record Retry(Fault Fault) : RunResult;
}

/// <summary>One claim of one generation. Every write goes through it and names its epoch: after the lease is lost it changes nothing.</summary>
internal abstract class GenerationRun
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The API key it was ordered with, for its usage; null for a signed-in user.</summary>
    public Guid? ApiKeyId { get; init; }

    public required string Kind { get; init; }

    public required JsonElement Request { get; init; }

    /// <summary>Saved by the last <see cref="RunResult.Snooze"/>; undefined on a first run.</summary>
    public JsonElement State { get; init; }

    public required Micro Ceiling { get; init; }

    /// <summary>Goes up with every claim.</summary>
    public required int Epoch { get; init; }

    /// <summary>1 on the first run.</summary>
    public required int Attempt { get; init; }

    /// <summary>Steps already done by this or an earlier run, by name, with what they left.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Steps { get; init; }

    /// <summary>Tells watchers how far it is. Cheap: coalesced, never waits.</summary>
    /// <param name="progress">0 to 1.</param>
    /// <param name="stage">Short key, e.g. <c>speaking</c>, <c>joining</c>.</param>
    public abstract void Report(double progress, string stage);

    /// <summary>Inline work only: what has reached the client so far, charged should this server die. Never goes down.</summary>
    public abstract void Checkpoint(Micro delivered);

    /// <summary>
    /// Records that a step is done, once, together with its rows, in one transaction. False when the lease is lost.
    /// </summary>
    public abstract Task<bool> CompleteStepAsync(string step, JsonElement result, Func<DbSession, CancellationToken, Task>? record, CancellationToken ct);
}
