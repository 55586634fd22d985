using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Payments.Inbox;

/// <summary>
/// Once a day: bodies of events that were not about money here go after a month. They name people, nobody replays them, and nothing else
/// says whose they are.
/// </summary>
internal sealed class InboxRetention(Database database, TimeProvider time) : IRecurringJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    public string Name => "payments-inbox-retention";

    public Recurrence When => Recurrence.Cron("0 55 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await database.TransactAsync(DbPurpose.Jobs, s => InboxStore.ForgetOldAsync(s, time.GetUtcNow() - Keep, ct), ct) > 0)
        {
        }
    }
}
