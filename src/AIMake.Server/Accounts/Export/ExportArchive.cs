using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Export;

/// <summary>Implemented by every module that holds something of a user's: writes it into their archive, in bites, so that memory stays small however much it is.</summary>
internal interface IUserDataExport
{
    Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct);
}

/// <summary>
/// A zip that goes out while it is written. Entries follow each other; none is held whole, and nothing is held open in the database while a
/// slow reader makes us wait.
/// </summary>
internal sealed class ExportArchive(ZipArchive zip, Database database, TimeProvider clock)
{
    /// <summary>Rows read at a time, where rows are small.</summary>
    private const int Bite = 500;

    private readonly List<string> _entries = [];
    private readonly List<string> _missing = [];

    /// <summary>A list as lines of JSON.</summary>
    /// <param name="name">Inside the archive, e.g. <c>credits.jsonl</c>; made of our own words and ids only.</param>
    public async Task AddLinesAsync<T>(string name, IAsyncEnumerable<T> items, CancellationToken ct)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.Fastest, ct);
        await foreach (var item in items.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(entry, item, JsonFaults.Stored, ct);
            await entry.WriteAsync("\n"u8.ToArray(), ct);
        }
    }

    /// <summary>Rows of the database as lines of JSON.</summary>
    /// <param name="rows">Made by <see cref="ExportRows"/>.</param>
    /// <param name="bite">Rows held in memory at a time: few, where one may be large.</param>
    public async Task AddRowsAsync(string name, Statement rows, Guid userId, CancellationToken ct, int bite = Bite)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.Fastest, ct);
        await foreach (var row in ReadAsync(rows, userId, bite, ct))
        {
            await entry.WriteAsync(Encoding.UTF8.GetBytes(row.Line), ct);
            await entry.WriteAsync("\n"u8.ToArray(), ct);
        }
    }

    /// <summary>The rows themselves, one after the other.</summary>
    public async IAsyncEnumerable<ExportRow> ReadAsync(Statement rows, Guid userId, int bite, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        IReadOnlyList<ExportRow> some;
        do
        {
            var from = after;
            some = await database.ReadAsync(DbPurpose.Jobs, s => s.QueryAsync<ExportRow>(rows, new { userId, after = from, take = bite }, ct), ct);
            foreach (var row in some)
            {
                yield return row;
                after = row.Key;
            }
        }
        while (some.Count == bite);
    }

    /// <summary>One thing as JSON.</summary>
    public async Task AddAsync<T>(string name, T item, CancellationToken ct)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.Fastest, ct);
        await JsonSerializer.SerializeAsync(entry, item, JsonFaults.Stored, ct);
    }

    /// <summary>A text for people.</summary>
    public async Task AddTextAsync(string name, string text, CancellationToken ct)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.Fastest, ct);
        await entry.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
    }

    /// <summary>A file as it is: media are compressed already.</summary>
    /// <param name="content">Null: it should be there and is not; the manifest says so.</param>
    public async Task AddAsync(string name, Stream? content, CancellationToken ct)
    {
        if (content is null)
        {
            _missing.Add(name);
            return;
        }

        await using (content)
        {
            await using var entry = await OpenAsync(name, CompressionLevel.NoCompression, ct);
            await content.CopyToAsync(entry, ct);
        }
    }

    /// <summary>Comes last: an archive that has it is whole.</summary>
    public Task EndAsync(CancellationToken ct) => AddAsync("manifest.json", new { Format = 1, MadeAt = clock.GetUtcNow(), Complete = true, Entries = _entries.ToArray(), Missing = _missing }, ct);

    private Task<Stream> OpenAsync(string name, CompressionLevel level, CancellationToken ct)
    {
        var entry = zip.CreateEntry(name, level);
        entry.LastWriteTime = clock.GetUtcNow();
        _entries.Add(name);
        return entry.OpenAsync(ct);
    }
}
