namespace AIMake.Providers.Routing;

/// <summary>
/// Keeps retries from making an outage worse: over the last ten seconds they may be a fifth of the calls, or three where calls
/// are few. Counted in one-second slots.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private const int Window = 10;
    private const int FewRetries = 3;
    private const int CallsPerRetry = 5;

    private readonly Lock _gate = new();
    private readonly (long Second, int Calls, int Retries)[] _slots = new (long, int, int)[Window];

    public void CountCall()
    {
        lock (_gate) Slot().Calls++;
    }

    /// <summary>Whether one more retry is affordable; if so it is spent.</summary>
    public bool TrySpend()
    {
        lock (_gate)
        {
            ref var now = ref Slot();
            var (calls, retries) = (0, 0);
            foreach (var slot in _slots)
                if (slot.Second > now.Second - Window) (calls, retries) = (calls + slot.Calls, retries + slot.Retries);
            if (retries >= Math.Max(FewRetries, calls / CallsPerRetry)) return false;
            now.Retries++;
            return true;
        }
    }

    private ref (long Second, int Calls, int Retries) Slot()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        ref var slot = ref _slots[second % Window];
        if (slot.Second != second) slot = (second, 0, 0);
        return ref slot;
    }
}
