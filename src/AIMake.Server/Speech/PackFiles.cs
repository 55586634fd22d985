using AIMake.Platform.Database;
using AIMake.Platform.Storage;
using AIMake.Speech.Storage;

namespace AIMake.Speech;

/// <summary>Tells the collector of orphans which packs of segments are in use.</summary>
internal sealed class PackFiles(Database database) : IFileOwner
{
    public const string Folder = "speech/";

    public string Prefix => Folder;

    public async Task<IReadOnlyCollection<string>> FindNamedAsync(IReadOnlyList<string> keys, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Jobs, s => SpeechStore.KnownFilesAsync(s, [.. keys], ct), ct);
}
