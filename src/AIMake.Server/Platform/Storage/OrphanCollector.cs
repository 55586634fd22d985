using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Platform.Storage;

/// <summary>Removes what a crash between bytes and row left behind: files nobody names, and spooled files nobody finished.</summary>
internal sealed class OrphanCollector(
    IFileStore store, IFileInventory inventory, IEnumerable<IFileOwner> owners, StorageOptions options, DataFolder data, TimeProvider time, ILogger<OrphanCollector> log) : IRecurringJob
{
    private const int Batch = 500;
    private static readonly TimeSpan SpoolGrace = TimeSpan.FromHours(6);

    public string Name => "storage-orphans";

    public Recurrence When => Recurrence.Cron("0 17 * * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - options.OrphanGrace;
        var removed = 0;
        foreach (var owner in owners)
        {
            var batch = new List<string>(Batch);
            await foreach (var (key, writtenAt) in inventory.ListAsync(owner.Prefix, ct))
            {
                if (writtenAt >= before)
                {
                    continue;
                }

                batch.Add(key);
                if (batch.Count == Batch)
                {
                    removed += await RemoveUnnamedAsync(owner, batch, ct);
                    batch.Clear();
                }
            }

            removed += await RemoveUnnamedAsync(owner, batch, ct);
        }

        removed += ClearSpool();
        if (removed > 0)
        {
            StorageLog.Collected(log, removed);
        }
    }

    private async Task<int> RemoveUnnamedAsync(IFileOwner owner, List<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0)
        {
            return 0;
        }

        var named = (await owner.FindNamedAsync(keys, ct)).ToHashSet(StringComparer.Ordinal);
        var unnamed = keys.Where(key => !named.Contains(key)).ToArray();
        foreach (var key in unnamed)
        {
            await store.DeleteAsync(key, ct);
        }

        return unnamed.Length;
    }

    private int ClearSpool()
    {
        var before = (time.GetUtcNow() - SpoolGrace).UtcDateTime;
        var old = new DirectoryInfo(data.Private("spool")).EnumerateFiles().Where(f => f.LastWriteTimeUtc < before).ToArray();
        foreach (var file in old)
        {
            file.Delete();
        }

        return old.Length;
    }
}
