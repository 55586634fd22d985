using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Library;

/// <summary>What owners do with what they made. A row that is not theirs, or in the bin, is not there.</summary>
internal sealed class LibraryService(Database database)
{
    public async Task<Outcome<Page<T>>> ListAsync<T>(Guid userId, LibraryQuery query, PageQuery page, Func<AssetRow, T> view, CancellationToken ct)
    {
        if (!page.Read<LibraryKey>($"library:{query.Sort}").TryGet(out var request, out var fault))
        {
            return fault;
        }

        var rows = await database.ReadAsync(DbPurpose.Hot, s => AssetStore.ListAsync(s, userId, query, request.After, request.Take, ct), ct);
        return request.ToPage(rows, LibraryKey.Of, view);
    }

    public async Task<Outcome<AssetRow>> FindAsync(Guid userId, Guid id, string? kind, CancellationToken ct) =>
        Found(await database.ReadAsync(DbPurpose.Hot, s => AssetStore.FindAsync(s, userId, id, ct), ct) is { } row && (kind is null || row.Kind == kind) ? row : null);

    /// <param name="change">What to change; null members stay.</param>
    public async Task<Outcome<AssetRow>> ChangeAsync(Guid userId, Guid id, string? kind, AssetChange change, CancellationToken ct)
    {
        string? title = null;
        IReadOnlyList<string>? tags = null;
        if (change.Title is { } t && !AssetText.Title(t).TryGet(out title, out var badTitle))
        {
            return badTitle;
        }

        if (change.Tags is { } g && !AssetText.Tags(g).TryGet(out tags, out var badTags))
        {
            return badTags;
        }

        return Found(await database.ReadAsync(DbPurpose.Hot, s => AssetStore.ChangeAsync(s, userId, id, kind, title, tags?.ToArray(), ct), ct));
    }

    /// <summary>Puts it in the bin, where it stays for thirty days.</summary>
    public async Task<Outcome<AssetRow>> DeleteAsync(Guid userId, Guid id, string? kind, CancellationToken ct) =>
        Found(await database.ReadAsync(DbPurpose.Hot, s => AssetStore.DeleteAsync(s, userId, id, kind, ct), ct));

    public async Task<Outcome<AssetRow>> RestoreAsync(Guid userId, Guid id, string? kind, CancellationToken ct) =>
        Found(await database.ReadAsync(DbPurpose.Hot, s => AssetStore.RestoreAsync(s, userId, id, kind, ct), ct));

    private static Outcome<AssetRow> Found(AssetRow? row) => row is null ? new Fault(FaultCodes.NotFound) : row;
}

/// <summary>What owners may change about something they made. Nothing else is accepted.</summary>
/// <param name="Title">New title, 1 to 200 characters; absent: unchanged.</param>
/// <param name="Tags">All tags from now on, at most 20 of 1 to 50 characters; absent: unchanged.</param>
public sealed record AssetChange(string? Title = null, IReadOnlyList<string>? Tags = null);
