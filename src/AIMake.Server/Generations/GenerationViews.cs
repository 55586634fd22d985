using System.Text.Json;
using AIMake.Generations.Storage;
using AIMake.Platform.Faults;

namespace AIMake.Generations;

/// <summary>Rows as their owner sees them.</summary>
internal static class GenerationViews
{
    public static GenerationView From(GenerationRow row, IEnumerable<EventRow> timeline, IReadOnlyList<GenerationAsset> assets, string language) => new(
        row.Id, row.Kind, Enum.Parse<GenerationStatus>(row.Status, ignoreCase: true), Math.Round(row.Progress, 4), row.Stage, row.Model, row.Provider,
        row.Credits, row.Ceiling, row.CreatedAt, row.StartedAt, row.FinishedAt, Error(row, language), assets,
        [.. timeline.Select(e => new TimelineEntry(e.At, e.Stage, e.Detail))]);

    private static GenerationError? Error(GenerationRow row, string language)
    {
        if (row.Status == "canceled")
        {
            return new GenerationError(FaultCodes.GenerationCanceled.Code, new Fault(FaultCodes.GenerationCanceled).Message(language));
        }

        if (row.ErrorCode is not { } name)
        {
            return null;
        }

        var code = FaultCodes.All.GetValueOrDefault(name, FaultCodes.GenerationFailed);
        var args = row.ErrorArgs is { } json ? JsonSerializer.Deserialize<string?[]>(json)! : [];
        return new GenerationError(name, new Fault(code, [.. args]).Message(language));
    }
}

/// <summary>What one piece of work cost and why; the lines sum to <see cref="Credits"/>.</summary>
/// <param name="ProviderCostUsd">What the operator paid; only shown to admins.</param>
public sealed record Receipt(
    Guid GenerationId, string Provider, string Model, IReadOnlyList<PriceLine> Lines, Credits.Micro Credits, Credits.Micro Ceiling, int Retries,
    decimal? ProviderCostUsd);
