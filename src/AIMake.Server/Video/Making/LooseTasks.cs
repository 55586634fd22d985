using AIMake.Credits;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Usage;
using AIMake.Video.Storage;

namespace AIMake.Video.Making;

/// <summary>
/// Tasks whose generation has ended without them: canceled, past the deadline, given up. Their credits are free already and what
/// they make is never fetched; what is left to do is to tell the vendor to stop, where it can be told, and to write down what the
/// task cost us.
/// </summary>
internal sealed class LooseTasks(Database database, IGenerations generations, IProviderRouter router, IUsageBook usage, TimeProvider time, ILogger<LooseTasks> log) : IRecurringJob
{
    private const int Batch = 100;

    public string Name => "video-loose-tasks";

    public Recurrence When => Recurrence.Every(TimeSpan.FromMinutes(1));

    public async Task RunOnceAsync(CancellationToken ct)
    {
        VideoRow? last = null;
        do
        {
            var rows = await database.ReadAsync(DbPurpose.Jobs, s => VideoStore.OpenAsync(s, last, Batch, ct), ct);
            last = rows.Count == Batch ? rows[^1] : null;
            foreach (var owner in rows.GroupBy(r => r.UserId))
            {
                var works = await generations.FindManyAsync(owner.Key, [.. owner.Select(r => r.Id)], ct);
                var wanted = works.Where(w => w.FinishedAt is null || w.Status == GenerationStatus.Succeeded).Select(w => w.Id).ToHashSet();
                foreach (var row in owner.Where(r => !wanted.Contains(r.Id)))
                {
                    await LetGoAsync(row, ct);
                }
            }
        }
        while (last is not null);
    }

    /// <summary>The same at once, for a video that was just canceled. One that is still being worked on is left alone.</summary>
    public async Task LetGoAsync(Guid userId, Guid id, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Hot, s => VideoStore.FindAsync(s, userId, id, ct), ct);
        if (row is { TaskState: "open" } && await generations.FindAsync(userId, id, ct) is { FinishedAt: not null, Status: not GenerationStatus.Succeeded })
        {
            await LetGoAsync(row, ct);
        }
    }

    private async Task LetGoAsync(VideoRow row, CancellationToken ct)
    {
        var told = await TellAsync(row, ct);
        await database.TransactAsync(
            DbPurpose.Jobs,
            async session =>
            {
                if (await VideoStore.EndTaskAsync(session, row.UserId, row.Id, ct))
                {
                    await usage.RecordAsync(session, [Loss(row)], ct);
                }
            },
            ct);
        VideoLog.LetGo(log, row.Id, row.Provider!, told);
    }

    /// <summary>Best effort: a vendor that cannot be told makes a video nobody fetches.</summary>
    private async Task<bool> TellAsync(VideoRow row, CancellationToken ct)
    {
        try
        {
            using var lease = await router.ReopenAsync(row.Provider!, row.KeyId, row.UserId, ct);
            return lease.Vendor.Videos(lease.Endpoint) is { } videos && await videos.CancelAsync(row.TaskId!, ct);
        }
        catch (ProviderException)
        {
            return false;
        }
    }

    private UsageEvent Loss(VideoRow row) => new(
        row.Id, row.UserId, time.GetUtcNow(), VideoWork.Kind, row.Model, row.Provider!, new ProviderUsage { Source = UsageSource.Estimated }, Micro.Zero,
        row.OwnKey ? null : row.Cost, time.GetUtcNow() - row.CreatedAt)
    {
        ApiKeyId = row.ApiKeyId, OwnKey = row.OwnKey, Cut = true,
    };
}
