using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Credits;

/// <summary>
/// Lets the calendar act on accounts nobody touches: what expired leaves, a new month brings its allowance. An account in use
/// does the same for itself before anything is held, so this may run late. Two nodes at once share the work.
/// </summary>
internal sealed class AllowanceJob(Database database, IPlanAllowances plans, CreditClock clock, ILogger<AllowanceJob> log) : IRecurringJob
{
    public string Name => "credits-calendar";

    public Recurrence When => Recurrence.Every(TimeSpan.FromMinutes(10));

    private const int Bite = 200;
    private IReadOnlyDictionary<string, Micro>? _adopted;

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

    /// <summary>A changed plan counts from each account's next period. What was adopted is not looked at again.</summary>
    private async Task AdoptAllowancesAsync(CancellationToken ct)
    {
        var current = plans.Current;
        if (ReferenceEquals(_adopted, current))
        {
            return;
        }

        var names = current.Keys.ToArray();
        var allowances = names.Select(p => current[p].Value).ToArray();
        while (await database.TransactAsync(
            DbPurpose.Jobs, s => s.ExecuteAsync(CreditsSql.AdoptAllowances, new { plans = names, allowances, limit = Bite }, ct), ct) > 0)
        {
        }

        _adopted = current;
    }
}
