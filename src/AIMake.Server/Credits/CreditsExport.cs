using AIMake.Accounts.Export;

namespace AIMake.Credits;

/// <summary>Balance and statement, as their owner sees them.</summary>
internal sealed class CreditsExport(CreditBook book) : IUserDataExport
{
    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddAsync("credits/balance.json", await book.ViewAsync(userId, ct), ct);
        await archive.AddLinesAsync("credits/statement.jsonl", book.StatementAsync(userId, EntryFilter.Read(null, null, null).Value, ct), ct);
    }
}
