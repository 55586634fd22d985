using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Payments.Subscriptions;

/// <summary>Ends the days of grace: who is overdue for longer is on the plan everybody has, until the money comes.</summary>
internal sealed class GraceJob(Database database, PlanKeeper plans, PaymentsOptions options, TimeProvider time) : IRecurringJob
{
    public string Name => "payments-grace";

    public Recurrence When => Recurrence.Every(TimeSpan.FromMinutes(15));

    public async Task RunOnceAsync(CancellationToken ct)
    {
        var users = await database.ReadAsync(DbPurpose.Jobs, s => SubscriptionStore.OverdueAsync(s, time.GetUtcNow() - options.Grace, ct), ct);
        foreach (var user in users)
        {
            await database.TransactAsync(DbPurpose.Jobs, s => plans.SettleAsync(s, user, null, ct), ct);
        }
    }
}
