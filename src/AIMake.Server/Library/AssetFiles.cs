using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>Tells the collector of orphans which audio files are somebody's.</summary>
internal sealed class AssetFiles(Database database) : IFileOwner
{
    public string Prefix => "audio/";

    public async Task<IReadOnlyCollection<string>> FindNamedAsync(IReadOnlyList<string> keys, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Jobs, s => AssetStore.KnownFilesAsync(s, [.. keys], ct), ct);
}
