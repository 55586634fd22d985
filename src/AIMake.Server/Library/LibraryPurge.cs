using AIMake.Generations;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>
/// Empties the bin of what has lain there for thirty days. Rows go first, in one transaction with what the product kept; the
/// files follow. Killed in between, files without a row remain, and the collector of orphans finds them: never a row
/// without its file.
/// </summary>
internal sealed class LibraryPurge(Database database, IFileStore files, IEnumerable<IAssetContents> contents, ILogger<LibraryPurge> log) : IRecurringJob
{
    private const int Batch = 100;

    public string Name => "library-purge";

    public Recurrence When => Recurrence.Cron("0 23 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        for (var total = 0; ;)
        {
            var rows = await database.TransactAsync(DbPurpose.Jobs, s => TakeAsync(s, ct), ct);
            Failpoint.Hit("purge.committed");
            foreach (var row in rows)
            {
                await files.DeleteAsync(row.FileKey, ct);
            }

            total += rows.Count;
            if (rows.Count < Batch)
            {
                LibraryLog.Purged(log, total);
                return;
            }
        }
    }

    private async Task<IReadOnlyList<PurgedRow>> TakeAsync(DbSession session, CancellationToken ct)
    {
        var rows = await AssetStore.PurgeAsync(session, Batch, ct);
        foreach (var group in rows.GroupBy(r => (r.UserId, r.Kind)))
        {
            foreach (var owner in contents.Where(c => c.Kind == group.Key.Kind))
            {
                await owner.ForgetAsync(session, group.Key.UserId, [.. group.Select(r => r.Id)], ct);
            }

            await ForgottenRequests.ForgetAsync(session, group.Key.UserId, [.. group.Select(r => r.GenerationId)], [.. group.Select(r => r.Id)], ct);
        }

        return rows;
    }
}
