using AIMake.Accounts;
using AIMake.Library;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Storage;
using AIMake.Video.Storage;

namespace AIMake.Video;

/// <summary>Tells the collector of orphans which files are in use: videos by the library's rows, first frames and stills by our own.</summary>
internal sealed class VideoFiles(Database database) : IFileOwner
{
    public const string Folder = "video/";

    public string Prefix => Folder;

    public async Task<IReadOnlyCollection<string>> FindNamedAsync(IReadOnlyList<string> keys, CancellationToken ct) =>
    [
        .. await database.ReadAsync(DbPurpose.Jobs, s => AssetStore.KnownFilesAsync(s, [.. keys], ct), ct),
        .. await database.ReadAsync(DbPurpose.Jobs, s => VideoStore.KnownFilesAsync(s, [.. keys], ct), ct),
    ];
}

/// <summary>A video removed for good takes its prompt, its first frame and its still along.</summary>
internal sealed class VideoContents : IAssetContents
{
    public string Kind => VideoService.AssetKind;

    public Task ForgetAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) => VideoStore.ForgetAsync(session, userId, ids, ct);
}

/// <summary>Takes a leaving user's videos away; the collector of orphans takes the files.</summary>
internal sealed class VideoUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => VideoStore.ForgetUserAsync(session, userId, ct);
}
