namespace AIMake.Gateway.Bodies;

/// <summary>Counts the memory that large bodies of requests take on this node, so that many at once are told to come back instead of ending the process.</summary>
internal sealed class BodyRoom(GatewayOptions options)
{
    /// <summary>A body is there more than once while it is read, checked and sent on: all of them together get an eighth of what the process may have.</summary>
    private readonly long _most = Math.Min(options.MaxBodyMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);

    private long _taken;

    /// <summary>The place of one body; to be disposed with its request.</summary>
    public Place Enter() => new(this);

    private bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= _most)
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
