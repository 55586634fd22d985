namespace AIMake.Providers.Routing;

/// <summary>A call with a key of ours. Thread-safe; what comes after the first end is ignored.</summary>
/// <param name="place">Whether it holds one of the key's places; asking after a long task does not.</param>
internal sealed class PooledLease(KeyPool pool, PoolKey key, CallRecord record, bool place = true) : ProviderLease
{
    private ProviderFault? _fault;
    private int _begun;
    private int _ended;

    /// <summary>The key, so that another try of the same call can avoid it.</summary>
    public PoolKey Key => key;

    public KeyPool Pool => pool;

    public override void Begun()
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0) return;
        if (place) pool.Begun(key, record.Begun(Route));
    }

    public override void Failed(ProviderFault fault) => Interlocked.CompareExchange(ref _fault, fault, null);

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        var fault = Volatile.Read(ref _fault);
        if (!place)
        {
            if (fault is not null && !ProviderFaults.IsLeft(fault)) pool.Heard(key, fault);
        }
        else if (fault is null)
        {
            pool.Succeeded(key);
        }
        else if (ProviderFaults.IsLeft(fault))
        {
            pool.Leave(key);
        }
        else
        {
            pool.Failed(key, fault);
        }
        record.Ended(Route, fault);
    }
}
