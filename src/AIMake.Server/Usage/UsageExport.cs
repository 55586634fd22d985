using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Usage;

/// <summary>Every use. What it cost the operator is the operator's.</summary>
internal sealed class UsageExport : IUserDataExport
{
    private static readonly Statement Events = ExportRows.Of("usage", "export_events", "usage.events t", "t.operation", "uuid",
        """
        t.operation, t.at, t.kind, t.model, t.provider, t.source, t.own_key AS "ownKey", t.cut, t.api_key_id AS "apiKeyId", t.input_tokens AS "inputTokens",
        t.cached_tokens AS "cachedTokens", t.output_tokens AS "outputTokens", t.characters, t.millis, t.pieces, trim_scale(t.credits / 1000000.0) AS "credits",
        t.duration_ms AS "durationMs"
        """);

    private static readonly Statement UnderWay = ExportRows.Of("usage", "export_under_way", "usage.under_way t", "t.operation", "uuid",
        """t.operation, t.at, t.kind, t.model, t.provider, t.source, t.own_key AS "ownKey", t.api_key_id AS "apiKeyId" """);

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddRowsAsync("usage/events.jsonl", Events, userId, ct);
        await archive.AddRowsAsync("usage/under-way.jsonl", UnderWay, userId, ct);
    }
}
