using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Operations.Audit;

/// <summary>What a user did, and what others did to their account: the latter without who, and from where, which is about somebody else.</summary>
internal sealed class AuditExport : IUserDataExport
{
    private static readonly Statement Done = ExportRows.Of("operations", "export_audit_by", "operations.audit t", "t.id", "uuid",
        """t.at, t.action, t.subject_kind AS "subjectKind", t.subject_id AS "subjectId", t.address, t.request_id AS "requestId", t.detail""", owner: "t.actor = @userId");

    private static readonly Statement Suffered = ExportRows.Of("operations", "export_audit_about", "operations.audit t", "t.id", "uuid",
        """t.at, t.action, t.subject_kind AS "subjectKind", t.request_id AS "requestId", t.detail""",
        owner: "t.subject_id = @userId::uuid::text AND t.actor IS DISTINCT FROM @userId::uuid");

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddRowsAsync("account/what-i-did.jsonl", Done, userId, ct);
        await archive.AddRowsAsync("account/what-was-done.jsonl", Suffered, userId, ct);
    }
}
