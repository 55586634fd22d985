using AIMake.Accounts.Guard;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Accounts;

/// <summary>Once a day: sessions long over, expired refresh tokens and links, failures no longer counted.</summary>
internal sealed class PurgeJob(Database database, TimeProvider clock) : IRecurringJob
{
    public string Name => "accounts-purge";

    public Recurrence When => Recurrence.Cron("0 40 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        while (await database.TransactAsync(
            DbPurpose.Jobs, s => LeftoverStore.PurgeAsync(s, now, now - SessionIssuer.KeepEnded, now - LoginGuard.Memory, ct), ct) > 0)
        {
        }
    }
}
