using System.Runtime.CompilerServices;
using AIMake.Platform.Faults;
using AIMake.Platform.Settings;

namespace AIMake.Platform.Storage;

/// <summary>
/// Files under the data folder. A file appears under its key whole and durable, or not at all:
/// bytes are flushed under a temporary name, renamed, and the folder that now names them is flushed as well.
/// </summary>
internal sealed class LocalFileStore : IFileStore, IFileInventory
{
    private readonly string _root;
    private readonly string _temp;
    private readonly long _minimumFree;

    public LocalFileStore(DataFolder data, StorageOptions options)
    {
        _minimumFree = options.MinimumFreeBytes;
        _root = data.Private("media");
        _temp = data.Private("spool"); // same file system as the store, so that the rename is atomic
    }

    public string NewTempPath() => Path.Combine(_temp, Guid.CreateVersion7().ToString("N"));

    public async Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken ct)
    {
        var target = Locate(key);
        if (!HasRoom)
        {
            throw new FaultException(new(FaultCodes.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) });
        }

        path = await BringNearAsync(path, ct);
        Failpoint.Hit("store.spooled");
        FileDigest digest;
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous))
        {
            digest = await FileDigest.OfAsync(file, withMd5: false, ct);
            file.Flush(flushToDisk: true);
        }

        Failpoint.Hit("store.flushed");

        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            FolderSync.Flush(Path.GetDirectoryName(folder)!);
            FolderSync.Flush(_root);
        }

        File.Move(path, target, overwrite: true);
        Failpoint.Hit("store.moved");
        FolderSync.Flush(folder);
        Failpoint.Hit("store.renamed");
        return new(key, digest.Bytes, digest.Sha256);
    }

    /// <summary>Room left where files are kept.</summary>
    public long FreeBytes => new DriveInfo(_root).AvailableFreeSpace;

    public bool HasRoom => FreeBytes >= _minimumFree;

    public Task<bool> IsWritableAsync(CancellationToken ct) => Task.FromResult(HasRoom);

    public Task<Stream?> OpenAsync(string key, long offset, long? length, CancellationToken ct)
    {
        FileStream file;
        try
        {
            file = new FileStream(Locate(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }

        file.Position = offset;
        return Task.FromResult<Stream?>(length is { } most ? new LimitedStream(file, most) : file);
    }

    public Task DeleteAsync(string key, CancellationToken ct)
    {
        var target = Locate(key);
        try
        {
            File.Delete(target);
            Failpoint.Hit("store.deleted");
            FolderSync.Flush(Path.GetDirectoryName(target)!);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already, with its folder.
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield(); // a long walk must not hold the caller
        var start = Path.Combine(_root, FileKeys.Check(prefix.TrimEnd('/')));
        if (!Directory.Exists(start))
        {
            yield break;
        }

        foreach (var file in new DirectoryInfo(start).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            yield return (Path.GetRelativePath(_root, file.FullName), file.LastWriteTimeUtc);
        }
    }

    private string Locate(string key) => Path.Combine(_root, FileKeys.Check(key));

    /// <summary>A rename is atomic only within one file system: what was spooled elsewhere is copied over first.</summary>
    private async Task<string> BringNearAsync(string path, CancellationToken ct)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) == _temp)
        {
            return path;
        }

        var near = NewTempPath();
        await using (var from = File.OpenRead(path))
        await using (var to = File.Create(near))
        {
            await from.CopyToAsync(to, ct);
        }

        File.Delete(path);
        return near;
    }
}
