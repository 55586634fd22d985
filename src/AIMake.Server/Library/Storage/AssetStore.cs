using AIMake.Platform.Database;

namespace AIMake.Library.Storage;

/// <summary>What of a purged row outlives it for a moment: its file and what its product kept.</summary>
internal sealed class PurgedRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public string Kind { get; init; } = "";

    public string FileKey { get; init; } = "";

    public Guid GenerationId { get; init; }
}

/// <summary>Reads and writes <c>library.assets</c>. The caller owns the transaction.</summary>
internal static class AssetStore
{
    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan UndoFor = TimeSpan.FromDays(30);

    public static Task AddAsync(DbSession session, NewAsset asset, CancellationToken ct) =>
        session.ExecuteAsync(LibrarySql.Add, Parameters(asset), ct);

    /// <returns>The new version, or null when there is nothing to renew any more or it was done before.</returns>
    public static Task<int?> ReplaceAsync(DbSession session, NewAsset asset, CancellationToken ct) =>
        session.FindAsync<int?>(LibrarySql.Replace, Parameters(asset), ct);

    public static Task<AssetRow?> FindAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<AssetRow>(LibrarySql.Find, new { userId, id }, ct);

    public static Task<IReadOnlyList<AssetRow>> OfGenerationsAsync(DbSession session, Guid userId, Guid[] generationIds, CancellationToken ct) =>
        session.QueryAsync<AssetRow>(LibrarySql.FindMany, new { userId, generationIds }, ct);

    public static Task<AssetRow?> ChangeAsync(DbSession session, Guid userId, Guid id, string? kind, string? title, string[]? tags, CancellationToken ct) =>
        session.FindAsync<AssetRow>(LibrarySql.Change, new { userId, id, kind, title, tags }, ct);

    public static Task<AssetRow?> DeleteAsync(DbSession session, Guid userId, Guid id, string? kind, CancellationToken ct) =>
        session.FindAsync<AssetRow>(LibrarySql.Delete, new { userId, id, kind }, ct);

    public static Task<AssetRow?> RestoreAsync(DbSession session, Guid userId, Guid id, string? kind, CancellationToken ct) =>
        session.FindAsync<AssetRow>(LibrarySql.Restore, new { userId, id, kind, undo = UndoFor }, ct);

    public static Task<IReadOnlyList<AssetRow>> ListAsync(DbSession session, Guid userId, LibraryQuery query, LibraryKey? after, int limit, CancellationToken ct) =>
        session.QueryAsync<AssetRow>(
            query.Sort switch
            {
                LibrarySort.Oldest => LibrarySql.Oldest,
                LibrarySort.Title => LibrarySql.ByTitle,
                LibrarySort.Longest => LibrarySql.Longest,
                _ => LibrarySql.Newest,
            },
            new
            {
                userId,
                kind = query.Kind,
                words = query.Words.ToArray(),
                tag = query.Tag,
                from = query.From?.UtcDateTime,
                to = query.To?.UtcDateTime,
                deleted = query.Deleted,
                afterId = after?.Id,
                afterTime = after?.Time,
                afterTitle = after?.Title,
                afterDuration = after?.Length,
                limit,
            },
            ct);

    public static Task<IReadOnlyList<PurgedRow>> PurgeAsync(DbSession session, int limit, CancellationToken ct) =>
        session.QueryAsync<PurgedRow>(LibrarySql.Purge, new { undo = UndoFor, limit }, ct);

    public static Task<IReadOnlyList<PurgedRow>> PurgeUserAsync(DbSession session, Guid userId, CancellationToken ct) =>
        session.QueryAsync<PurgedRow>(LibrarySql.PurgeUser, new { userId }, ct);

    public static Task<IReadOnlyList<string>> KnownFilesAsync(DbSession session, string[] keys, CancellationToken ct) =>
        session.QueryAsync<string>(LibrarySql.KnownFiles, new { keys }, ct);

    private static object Parameters(NewAsset asset) => new
    {
        userId = asset.UserId,
        id = asset.Id,
        kind = asset.Kind,
        title = asset.Title,
        tags = asset.Tags.ToArray(),
        mimeType = asset.MimeType,
        bytes = asset.File.Bytes,
        sha256 = asset.File.Sha256,
        fileKey = asset.File.Key,
        durationMs = asset.Duration is { } d ? (long?)Math.Round(d.TotalMilliseconds) : null,
        width = asset.Width,
        height = asset.Height,
        peaks = asset.Peaks,
        details = asset.Details,
        generationId = asset.GenerationId,
        credits = asset.Credits,
        excerpt = asset.Excerpt,
    };
}
