using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Providers.Pools;

/// <summary>Once a day: what happened to keys more than thirty days ago.</summary>
internal sealed class PoolPurge(Database database, TimeProvider time) : IRecurringJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    public string Name => "providers-events-purge";

    public Recurrence When => Recurrence.Cron("0 50 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await database.TransactAsync(DbPurpose.Jobs, session => PoolStore.ForgetEventsAsync(session, time.GetUtcNow() - Keep, ct), ct) > 0)
        {
        }
    }
}
