namespace AIMake.Gateway.Bodies;

/// <summary>Counts the memory that large bodies of requests take on this node, so that many at once are told to come back instead of ending the process.</summary>
internal sealed class BodyRoom(GatewayOptions options)
{
    private long _taken;

    /// <summary>
    /// What all of them together may take, in bytes; a single body beyond it never finds room. A body is there more than once while it
    /// is read, checked and sent on, so that this is an eighth of what the process may have.
    /// </summary>
    public long Most { get; } = Math.Min(options.MaxBodyMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);

    /// <summary>The place of one body; to be disposed with its request.</summary>
    public Place Enter() => new(this);

    private bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= Most)
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    internal sealed class Place(BodyRoom room) : IDisposable
    {
        private long _bytes;

        /// <summary>Widens the place to so many bytes; false when there is no room for them now.</summary>
        public bool TryTake(long bytes)
        {
            if (!room.TryAdd(bytes - _bytes))
            {
                return false;
            }

            _bytes = bytes;
            return true;
        }

        public void Dispose() => Interlocked.Add(ref room._taken, -Interlocked.Exchange(ref _bytes, 0));
    }
}
