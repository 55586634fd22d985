using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Payments.Books;

/// <summary>
/// Every night the providers' own books are read for the last days, and orders still open are asked after. What a notice should have told
/// and did not takes effect through the same door; what contradicts an order is an alarm.
/// </summary>
internal sealed class ReconciliationJob(
    Database database, PaymentProviders providers, OrderDesk desk, WebhookInbox inbox, PaymentsOptions options, TimeProvider time, ILogger<ReconciliationJob> log) : IRecurringJob
{
    private const int Bite = 100;

    /// <summary>A page opened a moment ago is still being paid.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(15);

    public string Name => "payments-reconciliation";

    public Recurrence When => Recurrence.Cron("0 20 3 * * ?");

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>How many facts had an effect that was missing.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var healed = 0;
        foreach (var provider in providers.Configured)
        {
            try
            {
                healed += await CompareAsync(provider, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                PaymentsLog.ReconciliationFailed(log, e, provider.Name); // the other provider is compared all the same
            }
        }

        return healed;
    }

    private async Task<int> CompareAsync(IPaymentProvider provider, CancellationToken ct)
    {
        // First what could not be brought: events tell more than lists. Then the orders: what is paid then without one was never ordered here,
        // and may be matched by who paid.
        var since = time.GetUtcNow() - options.CompareBack;
        var missed = await TakeMissedAsync(provider.Name, since, ct);
        var results = await AskOpenOrdersAsync(provider, ct);
        await foreach (var fact in provider.RecentAsync(since, ct))
        {
            var result = (await desk.ApplyAsync(provider.Name, [fact], ct))[0];
            results.Add(result);
            if (fact.Evidence is { } found && result.Verdict is (FactVerdict.Waits or FactVerdict.Refused))
            {
                await inbox.KeepAsync(provider.Name, found, result.WaitsFor, ct);
            }
        }

        results.AddRange(await AskOpenDisputesAsync(provider, ct));
        var healed = missed + results.Count(r => r.Verdict is FactVerdict.Applied);
        PaymentsLog.Reconciled(log, provider.Name, results.Count, healed, results.Count(r => r.Verdict is FactVerdict.Refused));
        return healed;
    }

    private async Task<int> TakeMissedAsync(string provider, DateTimeOffset since, CancellationToken ct)
    {
        try
        {
            return await inbox.TakeMissedAsync(provider, since, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            PaymentsLog.ReconciliationFailed(log, e, provider); // the lists are compared all the same
            return 0;
        }
    }

    /// <summary>A bank may take months: whoever looks back some days never sees how it decided.</summary>
    private async Task<List<FactResult>> AskOpenDisputesAsync(IPaymentProvider provider, CancellationToken ct)
    {
        var results = new List<FactResult>();
        foreach (var dispute in await database.ReadAsync(DbPurpose.Jobs, s => DisputeStore.OpenAsync(s, provider.Name, ct), ct))
        {
            if ((await provider.AskDisputeAsync(dispute, ct)).TryGet(out var facts, out _))
            {
                results.AddRange(await desk.ApplyAsync(provider.Name, facts, ct));
            }
        }

        return results;
    }

    private async Task<List<FactResult>> AskOpenOrdersAsync(IPaymentProvider provider, CancellationToken ct)
    {
        var (results, now, after) = (new List<FactResult>(), time.GetUtcNow(), Guid.Empty);
        IReadOnlyList<OrderRow> orders;
        do
        {
            orders = await database.ReadAsync(
                DbPurpose.Jobs, s => OrderStore.UnpaidAsync(s, provider.Name, now - options.CompareBack - options.CompareBack, now - Young, after, Bite, ct), ct);
            foreach (var order in orders)
            {
                after = order.Id;
                if ((await provider.AskAsync(order, ct)).TryGet(out var facts, out _))
                {
                    results.AddRange(await desk.ApplyAsync(provider.Name, facts, ct));
                }
            }
        }
        while (orders.Count == Bite);
        return results;
    }
}
