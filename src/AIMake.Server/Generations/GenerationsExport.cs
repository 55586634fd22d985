using AIMake.Accounts.Export;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>Each piece of work: what was asked for, how it went and what it cost. What we pay a vendor is ours, and not in it.</summary>
internal sealed class GenerationsExport : IUserDataExport
{
    /// <summary>A request may hold a whole book.</summary>
    private const int Bite = 10;

    private static readonly Statement Generations = ExportRows.Of("generations", "export_generations", "generations.generations t", "t.id", "uuid",
        """
        t.id, t.kind, t.status, t.model, t.provider, t.api_key_id AS "apiKeyId", t.request, t.quote, t.receipt, trim_scale(t.ceiling / 1000000.0) AS "ceiling",
        trim_scale(t.credits / 1000000.0) AS "credits", t.attempt, t.error_code AS "errorCode", t.error_args AS "errorArgs", t.created_at AS "createdAt",
        t.started_at AS "startedAt", t.finished_at AS "finishedAt"
        """);

    private static readonly Statement Timeline = ExportRows.Of("generations", "export_events", "generations.events t", "t.seq", "bigint",
        """t.generation_id AS "generationId", t.at, t.status, t.stage, t.detail""");

    private static readonly Statement Steps = ExportRows.Of("generations", "export_steps", "generations.steps t", "(t.generation_id || ' ' || t.step)", "text",
        """t.generation_id AS "generationId", t.step, t.result, t.at""");

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddRowsAsync("generations/generations.jsonl", Generations, userId, ct, Bite);
        await archive.AddRowsAsync("generations/timeline.jsonl", Timeline, userId, ct);
        await archive.AddRowsAsync("generations/steps.jsonl", Steps, userId, ct, Bite);
        await archive.AddRowsAsync("generations/idempotency-keys.jsonl", IdempotencyKeys.Export, userId, ct);
    }
}
