using System.Runtime.CompilerServices;
using AIMake.Accounts.Export;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>Everything made, with its files; what is in the bin as well.</summary>
internal sealed class LibraryExport(Database database, IFileStore files) : IUserDataExport
{
    private const int Bite = 200;

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddLinesAsync("library/library.jsonl", RowsAsync(userId, ct).Select(Described), ct);
        await foreach (var row in RowsAsync(userId, ct))
        {
            await archive.AddAsync(FileName(row), await files.OpenAsync(row.FileKey, 0, null, ct), ct);
        }
    }

    private static object Described(AssetRow row) => new
    {
        row.Id, row.Version, row.Kind, row.Title, row.Tags, File = FileName(row), row.MimeType, row.Bytes, row.Sha256, row.DurationMs, row.Width, row.Height, row.Details,
        row.GenerationId, row.Credits, row.CreatedAt, row.UpdatedAt, row.DeletedAt,
    };

    private static string FileName(AssetRow row) => $"library/files/{ExportNames.Of(row.Title, row.Id, Path.GetExtension(row.FileKey))}";

    private async IAsyncEnumerable<AssetRow> RowsAsync(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var deleted in new[] { false, true })
        {
            LibraryKey? after = null;
            IReadOnlyList<AssetRow> rows;
            do
            {
                var query = new LibraryQuery(null, [], null, null, null, deleted, LibrarySort.Newest);
                var from = after;
                rows = await database.ReadAsync(DbPurpose.Jobs, s => AssetStore.ListAsync(s, userId, query, from, Bite, ct), ct);
                foreach (var row in rows)
                {
                    yield return row;
                }

                after = rows.Count > 0 ? LibraryKey.Of(rows[^1]) : after;
            }
            while (rows.Count == Bite);
        }
    }
}
