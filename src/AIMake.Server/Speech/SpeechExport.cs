using AIMake.Accounts.Export;
using AIMake.Platform.Database;

namespace AIMake.Speech;

/// <summary>What each audio says, and when. The sound is in the library's files.</summary>
internal sealed class SpeechExport : IUserDataExport
{
    private const int Bite = 10;

    private static readonly Statement Texts = ExportRows.Of("speech", "export_audios", "speech.audios t", "t.id", "uuid",
        """t.id, t.version, t.text, t.voice_id AS "voiceId", t.speed, t.format, t.timeline""");

    public Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct) => archive.AddRowsAsync("speech/texts.jsonl", Texts, userId, ct, Bite);
}
