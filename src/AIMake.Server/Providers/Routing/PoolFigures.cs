namespace AIMake.Providers.Routing;

/// <summary>
/// What a pool did in the last five minutes: calls and failures in slots of ten seconds, and how soon the latest answers
/// began. Guarded by the pool's lock; nothing is allocated while calls pass.
/// </summary>
internal sealed class PoolFigures
{
    private const int SlotSeconds = 10;
    private const int Slots = 30;

    private readonly (long Slot, int Calls, int Errors)[] _slots = new (long, int, int)[Slots];
    private readonly (long Second, float Milliseconds)[] _begun = new (long, float)[256];
    private int _next;

    public void Ended(long second, bool failed)
    {
        var number = second / SlotSeconds;
        ref var slot = ref _slots[number % Slots];
        if (slot.Slot != number) slot = (number, 0, 0);
        slot.Calls++;
        if (failed) slot.Errors++;
    }

    public void Begun(long second, TimeSpan after) => _begun[_next++ & 255] = (second, (float)after.TotalMilliseconds);

    /// <returns>Calls, those that failed, and the median time to the first byte in milliseconds, null when none began.</returns>
    public (int Calls, int Errors, double? FirstByteP50) Read(long second)
    {
        var (calls, errors) = (0, 0);
        foreach (var slot in _slots)
            if (slot.Slot > (second / SlotSeconds) - Slots) (calls, errors) = (calls + slot.Calls, errors + slot.Errors);
        var begun = _begun.Where(b => b.Milliseconds > 0 && b.Second > second - (SlotSeconds * Slots)).Select(b => b.Milliseconds).Order().ToArray();
        return (calls, errors, begun.Length == 0 ? null : Math.Round(begun[begun.Length / 2], 1));
    }
}
