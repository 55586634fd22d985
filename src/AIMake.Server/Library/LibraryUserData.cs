using AIMake.Accounts;
using AIMake.Library.Storage;
using AIMake.Platform.Database;

namespace AIMake.Library;

/// <summary>Takes a leaving user's rows away; the collector of orphans takes the files, which no row names any more.</summary>
internal sealed class LibraryUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => AssetStore.PurgeUserAsync(session, userId, ct);
}
