using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>Balance and statement, as their owner sees them; where the credits came from, what is set aside, what keys have spent.</summary>
internal sealed class CreditsExport(CreditBook book) : IUserDataExport
{
    private static readonly Statement Grants = ExportRows.Of("credits", "export_grants", "credits.grants t", "t.id", "uuid",
        """
        t.id, t.source, t.note, trim_scale(t.granted / 1000000.0) AS "granted", trim_scale(t.remaining / 1000000.0) AS "remaining", trim_scale(t.held / 1000000.0) AS "held",
        trim_scale(t.spent / 1000000.0) AS "spent", t.effective_at AS "effectiveAt", t.expires_at AS "expiresAt", t.created_at AS "createdAt", t.closed_at AS "closedAt"
        """);

    private static readonly Statement Holds = ExportRows.Of("credits", "export_holds", "credits.holds t", "t.operation", "uuid",
        """
        t.operation, t.state, trim_scale(t.amount / 1000000.0) AS "amount", trim_scale(t.settled / 1000000.0) AS "settled", t.budget AS "apiKeyId",
        t.created_at AS "createdAt", t.resolved_at AS "resolvedAt"
        """);

    private static readonly Statement Budgets = ExportRows.Of("credits", "export_budgets", "credits.budgets t", "(t.id || ' ' || t.window_start)", "text",
        """
        t.id AS "apiKeyId", t.window_start AS "windowStart", trim_scale(t.held / 1000000.0) AS "held", trim_scale(t.spent / 1000000.0) AS "spent"
        """);

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddAsync("credits/balance.json", await book.ViewAsync(userId, ct), ct);
        await archive.AddLinesAsync("credits/statement.jsonl", book.StatementAsync(userId, EntryFilter.Read(null, null, null).Value, ct), ct);
        await archive.AddRowsAsync("credits/grants.jsonl", Grants, userId, ct);
        await archive.AddRowsAsync("credits/holds.jsonl", Holds, userId, ct);
        await archive.AddRowsAsync("credits/budgets.jsonl", Budgets, userId, ct);
    }
}
