using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Scheduling;

namespace AIMake.Usage;

/// <summary>
/// Makes the partitions of the months to come. Should it have been late, the default partition took the events, and they are
/// moved to their month by the next run.
/// </summary>
internal sealed class UsageMonths(Database database, TimeProvider time, ILogger<UsageMonths> log) : IRecurringJob
{
    private const int Ahead = 3;

    public string Name => "usage-months";

    public Recurrence When => Recurrence.Every(TimeSpan.FromHours(1));

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>How many partitions were made; null when writers were not to be disturbed, and a later run will.</returns>
    public async Task<int?> RunOnceAsync(CancellationToken ct)
    {
        try
        {
            var made = await database.TransactAsync(
                DbPurpose.Jobs, s => s.SingleAsync<int>(UsageSql.AddMonths, new { now = time.GetUtcNow(), ahead = Ahead }, ct), ct);
            if (made > 0)
            {
                UsageLog.MonthsMade(log, made);
            }

            return made;
        }
        catch (DatabaseFaultException e) when (e.Fault.Code == FaultCodes.Overloaded)
        {
            UsageLog.MonthsLater(log);
            return null;
        }
    }
}
