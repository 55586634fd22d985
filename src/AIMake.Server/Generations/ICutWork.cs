using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Generations;

/// <summary>
/// Told of inline work of one kind that broke off after some of it had been delivered, in the transaction that charges for that much,
/// whether its own server ends it or another takes it over: only its product knows what was delivered for the charge.
/// </summary>
internal interface ICutWork
{
    string Kind { get; }

    Task RecordAsync(DbSession session, CutWork work, CancellationToken ct);
}

/// <summary>Inline work that broke off.</summary>
internal sealed class CutWork
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public Guid? ApiKeyId { get; init; }

    public string Kind { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    public JsonElement Request { get; init; }

    /// <summary>Charged for what was delivered; above zero.</summary>
    public Micro Credits { get; init; }

    public DateTimeOffset StartedAt { get; init; }
}
