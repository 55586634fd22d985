using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Credits;

/// <summary>
/// Ends holds whose owner is gone: charged at the last checkpoint, voided when nothing was delivered, and whoever took them is told. A renewal or a
/// settlement that commits first wins. Run every 30 s, on any number of nodes.
/// </summary>
internal sealed class HoldSweeper(Database database, CreditClock clock, IEnumerable<ISweptHolds> owners, ILogger<HoldSweeper> log) : IRecurringJob
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
            ended = await database.TransactAsync(DbPurpose.Jobs, session => SweepAsync(session, ct), ct);
            total += ended;
        }
        while (ended > 0);

        if (total > 0)
        {
            CreditsLog.HoldsSwept(log, total);
        }

        return total;
    }

    private async Task<int> SweepAsync(DbSession session, CancellationToken ct)
    {
        var rows = await session.QueryAsync<SweptRow>(CreditsSql.Sweep, new { limit = Bite, now = clock.Now }, ct);
        SweptHold[] swept = [.. from row in rows where row.Charged is not null select new SweptHold(row.Operation, row.UserId, new Micro(row.Charged!.Value))];
        foreach (var owner in swept.Length > 0 ? owners : [])
        {
            await owner.SweptAsync(session, swept, ct);
        }

        return rows.Count;
    }

    private sealed record SweptRow(Guid Operation, Guid UserId, long? Charged);
}
