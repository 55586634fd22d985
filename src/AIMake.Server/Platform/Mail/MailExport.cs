using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Platform.Mail;

/// <summary>Mails to a user that have not gone out yet. What they say is sealed: it may hold a link that opens the account.</summary>
internal sealed class MailExport : IUserDataExport
{
    private static readonly Statement Mails = ExportRows.Of("platform", "export_mails", "platform.mails t", "t.id", "uuid",
        """t.id, t.state, t.attempts, t.created_at AS "createdAt", t.due_at AS "dueAt" """);

    public Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct) => archive.AddRowsAsync("account/mails.jsonl", Mails, userId, ct);
}
