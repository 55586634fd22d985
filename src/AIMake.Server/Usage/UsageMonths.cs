using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Scheduling;

namespace AIMake.Usage;

/// <summary>
/// Makes the partitions of the months to come. Should it have been late, the default partition took the events, and they are
/// moved to their month by the next run. Takes away what is left of calls that ended long ago.
/// </summary>
internal sealed class UsageMonths(Database database, TimeProvider time, ILogger<UsageMonths> log) : IRecurringJob
{
    private const int Ahead = 3;

    /// <summary>Longer than any server is away whose calls are still to be swept.</summary>
    private static readonly TimeSpan NotesKept = TimeSpan.FromDays(30);

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
            await database.TransactAsync(DbPurpose.Jobs, s => s.ExecuteAsync(UsageSql.DropOldNotes, new { before = time.GetUtcNow() - NotesKept }, ct), ct);
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
