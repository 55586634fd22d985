namespace AIMake.Providers.Resilience;

/// <summary>Remembers until when a vendor asked to be left alone, so that the other calls in progress do not each find out anew.</summary>
internal sealed class CoolDown(TimeProvider time)
{
    private long _until;

    public void Observe(ProviderFault fault)
    {
        if (fault is not { Kind: ProviderFaultKind.Throttled or ProviderFaultKind.ServerError, RetryAfter: { } wait } || wait <= TimeSpan.Zero) return;
        var until = (time.GetUtcNow() + Min(wait, TimeSpan.FromHours(1))).UtcTicks;
        long known;
        while ((known = Interlocked.Read(ref _until)) < until && Interlocked.CompareExchange(ref _until, until, known) != known)
        {
        }
    }

    /// <exception cref="ProviderException">The time is not up; the fault says how much is left.</exception>
    public void ThrowIfCooling()
    {
        var left = Interlocked.Read(ref _until) - time.GetUtcNow().UtcTicks;
        if (left > 0)
            throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Throttled, Retryable: true, TimeSpan.FromTicks(left), "cooling down"));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
