using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Credits;

/// <summary>
/// Lets the calendar act on accounts nobody touches: what expired leaves, a new month brings its allowance. An account in use
/// does the same for itself before anything is held, so this may run late. Two nodes at once share the work.
/// </summary>
internal sealed class AllowanceJob(Database database, CreditsOptions options, CreditClock clock, ILogger<AllowanceJob> log) : IRecurringJob
{
    public string Name => "credits-calendar";

    public Recurrence When => Recurrence.Every(TimeSpan.FromMinutes(10));

    private const int Bite = 200;
    private bool _adopted;

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>How many accounts were brought up to date.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await AdoptAllowancesAsync(ct);
        var total = 0;
        int refreshed;
        do
        {
            refreshed = await database.TransactAsync(
                DbPurpose.Jobs, s => s.SingleAsync<int>(CreditsSql.RefreshDue, new { limit = Bite, now = clock.Now }, ct), ct);
            total += refreshed;
        }
        while (refreshed > 0);

        if (total > 0)
        {
            CreditsLog.AccountsRefreshed(log, total);
        }

        return total;
    }

    /// <summary>A changed plan counts from each account's next period. Settings do not change while the process runs: once is enough.</summary>
    private async Task AdoptAllowancesAsync(CancellationToken ct)
    {
        if (_adopted)
        {
            return;
        }

        var plans = options.Plans.Keys.ToArray();
        var allowances = plans.Select(p => Micro.FromCredits(options.Plans[p].MonthlyCredits).Value).ToArray();
        while (await database.TransactAsync(
            DbPurpose.Jobs, s => s.ExecuteAsync(CreditsSql.AdoptAllowances, new { plans, allowances, limit = Bite }, ct), ct) > 0)
        {
        }

        _adopted = true;
    }
}
