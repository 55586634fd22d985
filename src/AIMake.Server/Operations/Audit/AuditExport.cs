using System.Runtime.CompilerServices;
using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Operations.Audit;

/// <summary>What a user did themselves.</summary>
internal sealed class AuditExport(Database database) : IUserDataExport
{
    private const int Bite = 500;

    public Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct) =>
        archive.AddLinesAsync("account/what-i-did.jsonl", RowsAsync(userId, ct).Select(r => new { r.At, r.Action, r.SubjectKind, r.SubjectId, r.Address, r.Detail }), ct);

    private async IAsyncEnumerable<AuditRow> RowsAsync(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        AuditCursor? after = null;
        IReadOnlyList<AuditRow> rows;
        do
        {
            var from = after;
            rows = await database.ReadAsync(DbPurpose.Jobs, s => AuditStore.OfUserAsync(s, userId, from, Bite, ct), ct);
            foreach (var row in rows)
            {
                yield return row;
            }

            after = rows.Count > 0 ? new AuditCursor(rows[^1].At, rows[^1].Id) : after;
        }
        while (rows.Count == Bite);
    }
}
