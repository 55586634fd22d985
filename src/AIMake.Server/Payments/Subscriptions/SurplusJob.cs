using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Payments.Subscriptions;

/// <summary>
/// Nobody pays for two plans: when a second is paid for, in another tab or at another provider, it is ended at once and all of its money goes
/// back, with the credits it brought. The one that was paid first stays.
/// </summary>
internal sealed class SurplusJob(Database database, PaymentProviders providers, OrderDesk desk, RefundDesk refunds, TimeProvider time, ILogger<SurplusJob> log) : IRecurringJob
{
    private const string Reason = "A plan was paid for already.";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(2);

    public string Name => "payments-surplus";

    public Recurrence When => Recurrence.Every(TimeSpan.FromSeconds(30));

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>How many were ended and paid back.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        if (await database.TransactAsync(DbPurpose.Jobs, s => SurplusStore.DecideAsync(s, time.GetUtcNow(), ct), ct) is > 0 and var found)
        {
            PaymentsLog.SurplusFound(log, found);
        }

        var ended = 0;
        while (await ClaimAsync(ct) is { } row)
        {
            ended += await EndAsync(row, ct) ? 1 : 0;
        }

        return ended;
    }

    private Task<SurplusRow?> ClaimAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.TransactAsync(DbPurpose.Jobs, s => SurplusStore.ClaimAsync(s, now, now + Pause, ct), ct);
    }

    /// <summary>Each step is one the provider knows again, so that whatever broke before is done over.</summary>
    private async Task<bool> EndAsync(SurplusRow row, CancellationToken ct)
    {
        if (!providers.TryFindSubscriptions(row.Provider, out var provider, out _))
        {
            return false;
        }

        var (subscription, payments) = await database.ReadAsync(
            DbPurpose.Jobs,
            async s => (await SubscriptionStore.FindAsync(s, row.Provider, row.SubscriptionId, ct), await PaymentStore.OfSubscriptionAsync(s, row.Provider, row.SubscriptionId, ct)),
            ct);
        if (subscription is { IsOver: false })
        {
            if (!(await provider.EndNowAsync(subscription, ct)).TryGet(out var seen, out _))
            {
                return false;
            }

            await desk.ApplyAsync(row.Provider, [seen], ct);
        }

        var done = true;
        foreach (var payment in payments.Where(p => p.Left > 0))
        {
            var isAsked = await database.ReadAsync(DbPurpose.Jobs, s => PaymentStore.IsRefundAcceptedAsync(s, payment.Id, ct), ct);
            done &= isAsked || (await refunds.GiveBackAsync(payment.Id, null, Reason, by: null, ct)).Ok;
        }

        if (done)
        {
            await database.TransactAsync(DbPurpose.Jobs, s => SurplusStore.EndAsync(s, row, time.GetUtcNow(), ct), ct);
            PaymentsLog.SurplusEnded(log, row.SubscriptionId, row.Provider);
        }
        else if (row.Attempts > 5)
        {
            PaymentsLog.SurplusStuck(log, row.SubscriptionId, row.Provider, row.Attempts);
        }

        return done;
    }
}
