using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Gateway.Idempotency;

/// <summary>Answers kept for a day for programs that may ask again: text, sound or pictures, as they were sent.</summary>
internal sealed class AnswersExport : IUserDataExport
{
    /// <summary>Answers may have megabytes.</summary>
    private const int Bite = 4;

    private static readonly Statement Answers = ExportRows.Of("gateway", "export_answers", "gateway.answers t", "t.id", "uuid",
        """
        t.id, t.state, t.content_type AS "contentType", t.provider, trim_scale(t.credits / 1000000.0) AS "credits", t.created_at AS "createdAt",
        encode(t.body, 'base64') AS "bodyBase64"
        """);

    public Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct) => archive.AddRowsAsync("gateway/answers.jsonl", Answers, userId, ct, Bite);
}
