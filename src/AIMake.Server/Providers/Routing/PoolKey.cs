namespace AIMake.Providers.Routing;

/// <summary>
/// One key of a pool and everything known about its health. All members are guarded by the pool's lock, except
/// <see cref="Endpoint"/> and <see cref="Setup"/>, which are replaced whole.
/// </summary>
internal sealed class PoolKey(KeySetup setup, ProviderEndpoint endpoint)
{
    private const int Window = 10;

    private readonly (long Second, int Calls, int Failures)[] _slots = new (long, int, int)[Window];

    public KeySetup Setup { get; set; } = setup;

    public ProviderEndpoint Endpoint { get; } = endpoint;

    public Guid Id => Setup.Id;

    public KeyState State { get; set; }

    /// <summary>Timestamp from which one call may try a key that is out; <see cref="long.MaxValue"/> when only a test can bring it back.</summary>
    public long Until { get; set; }

    /// <summary>A call is trying whether the key works again.</summary>
    public bool Probing { get; set; }

    /// <summary>Times it was taken out of late; lengthens the next wait.</summary>
    public int Trips { get; set; }

    /// <summary>Timestamp of the last of them.</summary>
    public long TrippedAt { get; set; }

    /// <summary>Failures of the vendor in a row.</summary>
    public int FailuresInARow { get; set; }

    public int InFlight { get; set; }

    /// <summary>What smooth weighted round-robin owes this key.</summary>
    public long Credit { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public ProviderFault? LastFault { get; set; }

    /// <summary>Whether a call could be given to it now, places aside: healthy, or due for a try.</summary>
    public bool IsUsable(long now) => !Setup.Disabled && (State == KeyState.Healthy || (!Probing && Until <= now));

    /// <summary>Counts a call that ended.</summary>
    public void Count(long second, bool failed)
    {
        ref var slot = ref _slots[second % Window];
        if (slot.Second != second) slot = (second, 0, 0);
        slot.Calls++;
        if (failed) slot.Failures++;
    }

    /// <summary>Calls and failures of the last ten seconds.</summary>
    public (int Calls, int Failures) Recent(long second)
    {
        var (calls, failures) = (0, 0);
        foreach (var slot in _slots)
            if (slot.Second > second - Window) (calls, failures) = (calls + slot.Calls, failures + slot.Failures);
        return (calls, failures);
    }

    /// <summary>What was counted says nothing about a key that has come back.</summary>
    public void Forget() => Array.Clear(_slots);
}
