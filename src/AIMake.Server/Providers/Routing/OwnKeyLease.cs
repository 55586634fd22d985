namespace AIMake.Providers.Routing;

/// <summary>A call with a user's own key: no pool, no breaker, but the user is told how it went.</summary>
internal sealed class OwnKeyLease(IOwnKeys keys, Guid userId, CallRecord record) : ProviderLease
{
    private ProviderFault? _fault;
    private int _begun;
    private int _ended;

    public override void Begun()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0) record.Begun(Route);
    }

    public override void Failed(ProviderFault fault) => Interlocked.CompareExchange(ref _fault, fault, null);

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        keys.Used(userId, Endpoint, _fault);
        record.Ended(Route, _fault);
    }
}

/// <summary>Stands in where users cannot keep keys of their own.</summary>
internal sealed class NoOwnKeys : IOwnKeys
{
    public ValueTask<ProviderEndpoint?> FindAsync(Guid userId, string provider, CancellationToken ct) => default;

    public ValueTask<bool> IsRefusedAsync(Guid userId, string provider, CancellationToken ct) => default;

    public void Used(Guid userId, ProviderEndpoint endpoint, ProviderFault? fault)
    {
    }
}
