using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>
/// Tests keys that are out of quota or refused every five minutes, so that one whose account was topped up comes back by
/// itself. Each node does so for what it knows.
/// </summary>
internal sealed class KeyRetest(ProviderRegistry registry, TimeProvider time, ILogger<KeyRetest> log) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    public async Task RunOnceAsync(CancellationToken ct)
    {
        foreach (var pool in registry.Pools.Values)
            foreach (var key in pool.OutForGood())
                if (await KeyTest.RunAsync(pool.Setup.Vendor, key.Endpoint, ct) is { Verdict: KeyVerdict.Valid }) pool.Readmit(key.Id, "tested again");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.PoolsNotRead(e);
            }
        }
    }
}

/// <summary>What a vendor says of a key.</summary>
internal enum KeyVerdict
{
    Valid,
    Refused,
    Unreachable,
}

/// <summary>Asks a vendor about a key, patiently but not for ever.</summary>
internal static class KeyTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<(KeyVerdict Verdict, ProviderFault? Fault)> RunAsync(IVendor vendor, ProviderEndpoint endpoint, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await vendor.TestAsync(endpoint, limit.Token);
            return (KeyVerdict.Valid, null);
        }
        catch (ProviderException e)
        {
            return (e.Fault.Kind switch
            {
                ProviderFaultKind.Throttled => KeyVerdict.Valid, // too busy for it now, and knows it
                ProviderFaultKind.Unauthorized or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Rejected => KeyVerdict.Refused,
                _ => KeyVerdict.Unreachable,
            }, e.Fault);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (KeyVerdict.Unreachable, new ProviderFault(ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: true, Detail: "no answer in time"));
        }
    }
}
