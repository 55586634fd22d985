using System.IO.Compression;
using System.Text.Json;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Export;

/// <summary>Implemented by every module that holds something of a user's: writes it into their archive, in bites, so that memory stays small however much it is.</summary>
internal interface IUserDataExport
{
    Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct);
}

/// <summary>A zip that goes out while it is written. Entries follow each other; none is held whole.</summary>
internal sealed class ExportArchive(ZipArchive zip, TimeProvider clock)
{
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

    /// <summary>One thing as JSON.</summary>
    public async Task AddAsync<T>(string name, T item, CancellationToken ct)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.Fastest, ct);
        await JsonSerializer.SerializeAsync(entry, item, JsonFaults.Stored, ct);
    }

    /// <summary>A file as it is: media are compressed already.</summary>
    public async Task AddAsync(string name, Stream content, CancellationToken ct)
    {
        await using var entry = await OpenAsync(name, CompressionLevel.NoCompression, ct);
        await content.CopyToAsync(entry, ct);
    }

    private Task<Stream> OpenAsync(string name, CompressionLevel level, CancellationToken ct)
    {
        var entry = zip.CreateEntry(name, level);
        entry.LastWriteTime = clock.GetUtcNow();
        return entry.OpenAsync(ct);
    }
}
