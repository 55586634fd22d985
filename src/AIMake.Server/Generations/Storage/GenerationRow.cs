using System.Text.Json;
using AIMake.Credits;

namespace AIMake.Generations.Storage;

/// <summary>A row of <c>generations.generations</c> as readers need it.</summary>
internal sealed class GenerationRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public string Kind { get; init; } = "";

    public string Status { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    public Micro Ceiling { get; init; }

    public Micro Credits { get; init; }

    public long? ProviderCost { get; init; }

    public float Progress { get; init; }

    public string Stage { get; init; } = "";

    public int Attempt { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorArgs { get; init; }

    public string? Receipt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool HasEnded => FinishedAt is not null;
}

/// <summary>A claimed row: what a worker needs to run it.</summary>
internal sealed class ClaimedRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public Guid? ApiKeyId { get; init; }

    public string Kind { get; init; } = "";

    public JsonElement Request { get; init; }

    public string? State { get; init; }

    public Micro Ceiling { get; init; }

    public int Epoch { get; init; }

    public int Attempt { get; init; }

    /// <summary>An object of step → result.</summary>
    public string Steps { get; init; } = "{}";
}

/// <summary>A transition, for timelines and event streams.</summary>
internal sealed class EventRow
{
    public Guid GenerationId { get; init; }

    public long Seq { get; init; }

    public DateTimeOffset At { get; init; }

    public string Status { get; init; } = "";

    public string Stage { get; init; } = "";

    public string? Detail { get; init; }

    /// <summary>How far the generation has come by now, 0 to 1; only for event streams.</summary>
    public float Progress { get; init; }

    /// <summary>True for the transition after which nothing follows.</summary>
    public bool Ended => Status is "succeeded" or "failed" or "canceled";
}

/// <summary>A claim named in a write: whoever lost the lease matches no row.</summary>
internal readonly record struct Claim(Guid UserId, Guid Id, int Epoch);

/// <summary>How a claimed generation leaves the running state.</summary>
/// <param name="Status">succeeded, failed, canceled, or queued when it is to run again.</param>
/// <param name="Delay">Until it is due again; only for queued.</param>
/// <param name="CountsAsAttempt">False for snoozes and hand-backs.</param>
internal sealed record Ending(
    Claim Claim, string Status, string Stage, Micro Credits, string? Receipt, long? ProviderCost, string? ErrorCode, string? ErrorArgs,
    string? State, TimeSpan Delay, bool CountsAsAttempt, string? Detail)
{
    /// <summary>How far it had come, 0 to 1; never lowers what is known.</summary>
    public double Progress { get; init; }

    /// <summary>Who did the work; null leaves the one named before.</summary>
    public string? Provider { get; init; }
}
