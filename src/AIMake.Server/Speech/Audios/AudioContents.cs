using AIMake.Accounts;
using AIMake.Library;
using AIMake.Platform.Database;
using AIMake.Speech.Storage;

namespace AIMake.Speech.Audios;

/// <summary>An audio removed for good takes its text along; its packs are free to go when nothing else uses them.</summary>
internal sealed class AudioContents : IAssetContents
{
    public string Kind => SpeechService.AudioKind;

    public Task ForgetAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) => SpeechStore.ForgetAudiosAsync(session, userId, ids, ct);
}

/// <summary>Takes a leaving user's texts and segments away; the collector of orphans takes the files.</summary>
internal sealed class SpeechUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => SpeechStore.ForgetUserAsync(session, userId, ct);
}
