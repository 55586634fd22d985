using System.Collections.Concurrent;

namespace AIMake.Accounts.Export;

/// <summary>One archive at a time for each user: a second one would only make both slower. Each process counts for itself.</summary>
internal sealed class ExportSlots
{
    private readonly ConcurrentDictionary<Guid, bool> _taken = new();

    /// <returns>To be disposed when the archive has ended; null while another one is being made.</returns>
    public IDisposable? TryTake(Guid userId) => _taken.TryAdd(userId, true) ? new Slot(this, userId) : null;

    private sealed class Slot(ExportSlots slots, Guid userId) : IDisposable
    {
        public void Dispose() => slots._taken.TryRemove(userId, out _);
    }
}
