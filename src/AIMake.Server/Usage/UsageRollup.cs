using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Usage;

/// <summary>
/// Adds new events to the daily sums. Run every 15 s, on any number of nodes: each event is counted once, by whoever comes first.
/// What waits is counted by every reader, so this may run late; it only makes reading cheap.
/// </summary>
internal sealed class UsageRollup(Database database, ILogger<UsageRollup> log) : IRecurringJob
{
    /// <summary>Events summed in one transaction: a tenth of a second, for which an account that is being deleted waits.</summary>
    private const int Bite = 50_000;

    public string Name => "usage-rollup";

    public Recurrence When => Recurrence.Every(TimeSpan.FromSeconds(15));

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(Bite, ct);

    /// <summary>The first visit sets a mark, the next sums up to it; ends when a visit neither finds nor leaves anything to do.</summary>
    /// <returns>How many events were summed.</returns>
    public async Task<long> RunOnceAsync(int bite, CancellationToken ct)
    {
        var (total, idle) = (0L, 0);
        while (idle < 2)
        {
            var visit = await database.TransactAsync(DbPurpose.Jobs, s => s.SingleAsync<Visit>(UsageSql.RollUp, new { limit = bite }, ct), ct);
            if (!visit.More)
            {
                total += visit.Counted;
                break;
            }

            total += visit.Counted;
            idle = visit.Counted == 0 ? idle + 1 : 0;
        }

        if (total > 0)
        {
            UsageLog.RolledUp(log, total);
        }

        return total;
    }

    private sealed record Visit(long Counted, bool More);
}
