using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Credits;

/// <summary>
/// Ends holds whose owner is gone: charged at the last checkpoint, voided when nothing was delivered. A renewal or a
/// settlement that commits first wins. Run every 30 s, on any number of nodes.
/// </summary>
internal sealed class HoldSweeper(Database database, CreditClock clock, ILogger<HoldSweeper> log) : IRecurringJob
{
    public string Name => "credits-hold-sweep";

    public Recurrence When => Recurrence.Every(TimeSpan.FromSeconds(30));

    /// <summary>Accounts are locked while a bite is taken, so bites are small.</summary>
    private const int Bite = 100;

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>How many holds were ended.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var total = 0;
        int ended;
        do
        {
            ended = await database.TransactAsync(
                DbPurpose.Jobs, s => s.SingleAsync<int>(CreditsSql.SweepLeases, new { limit = Bite, now = clock.Now }, ct), ct);
            total += ended;
        }
        while (ended > 0);

        if (total > 0)
        {
            CreditsLog.HoldsSwept(log, total);
        }

        return total;
    }
}
