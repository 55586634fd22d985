using System.Collections.Concurrent;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.ApiKeys;

/// <summary>Counts the requests a key has under way on this node: idle streams are cheap to open and dear to keep.</summary>
internal sealed class ApiKeySlots(RateLimitOptions options)
{
    private readonly ConcurrentDictionary<Guid, int> _taken = new();

    /// <returns>The slot, to be disposed with the request, or a fault when all are taken.</returns>
    public (IDisposable? Slot, Fault? Fault) TryEnter(ApiKeyGrant key)
    {
        var most = key.MaxConcurrency ?? options.AtOncePerKey;
        if (_taken.AddOrUpdate(key.Id, 1, static (_, n) => n + 1) <= most)
        {
            return (new Slot(this, key.Id), null);
        }

        Leave(key.Id);
        return (null, new Fault(FaultCodes.ConcurrencyLimited, most) { RetryAfter = TimeSpan.FromSeconds(1) });
    }

    private void Leave(Guid id)
    {
        if (_taken.AddOrUpdate(id, 0, static (_, n) => n - 1) == 0)
        {
            _taken.TryRemove(new(id, 0)); // only while it is zero
        }
    }

    private sealed class Slot(ApiKeySlots slots, Guid id) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                slots.Leave(id);
            }
        }
    }
}
