using System.Collections.Concurrent;

namespace AIMake.Platform.Http;

/// <summary>One bucket to take a token from.</summary>
/// <param name="Name">Its kind, as the headers call it: <c>address</c>, <c>user</c>, <c>key</c>…</param>
/// <param name="Key">Whose it is.</param>
/// <param name="PerMinute">How many tokens it holds when full, and how many a minute brings.</param>
internal readonly record struct RateBucket(string Name, string Key, int PerMinute)
{
    /// <summary>How long one token takes to come.</summary>
    public TimeSpan Interval => TimeSpan.FromMinutes(1) / PerMinute;
}

/// <summary>What became of a request at its buckets.</summary>
/// <param name="Refused">Index of the bucket that was empty; -1 when a token was taken from each.</param>
/// <param name="Left">Whole tokens left in the bucket that refused, else in the first.</param>
internal readonly record struct RateVerdict(int Refused, long Left);

/// <summary>Counts requests in token buckets. A request takes one token from each of its buckets, or none from any.</summary>
internal interface IRateBuckets
{
    ValueTask<RateVerdict> TakeAsync(RateBucket[] buckets, CancellationToken ct);
}

/// <summary>
/// Buckets in the memory of this process. A bucket is full when it is first met, refills evenly, and is forgotten once it is
/// full again, for then it says no more than a new one.
/// </summary>
internal sealed class LocalRateBuckets(TimeProvider time) : IRateBuckets
{
    private const int SweepAbove = 1_000;
    private static readonly TimeSpan FullAfter = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Name, string Key), Level> _levels = new();
    private long _sweptAt = time.GetTimestamp();

    public ValueTask<RateVerdict> TakeAsync(RateBucket[] buckets, CancellationToken ct) => ValueTask.FromResult(Take(buckets));

    public RateVerdict Take(ReadOnlySpan<RateBucket> buckets)
    {
        SweepNowAndThen();
        long first = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            if (!LevelOf(buckets[i]).TryTake(buckets[i].PerMinute, time, out var left))
            {
                foreach (var taken in buckets[..i])
                {
                    LevelOf(taken).GiveBack(taken.PerMinute);
                }

                return new RateVerdict(i, left);
            }

            first = i == 0 ? left : first;
        }

        return new RateVerdict(-1, first);
    }

    private Level LevelOf(in RateBucket bucket)
    {
        var key = (bucket.Name, bucket.Key);
        return _levels.TryGetValue(key, out var level) ? level : _levels.GetOrAdd(key, new Level(bucket.PerMinute, time.GetTimestamp()));
    }

    private void SweepNowAndThen()
    {
        var last = Volatile.Read(ref _sweptAt);
        if (_levels.Count < SweepAbove || time.GetElapsedTime(last) < FullAfter || Interlocked.CompareExchange(ref _sweptAt, time.GetTimestamp(), last) != last)
        {
            return;
        }

        foreach (var (key, level) in _levels)
        {
            if (level.IsIdle(time))
            {
                _levels.TryRemove(new(key, level));
            }
        }
    }

    private sealed class Level(double tokens, long at)
    {
        private readonly Lock _gate = new();
        private double _tokens = tokens;
        private long _at = at;

        public bool TryTake(int perMinute, TimeProvider time, out long left)
        {
            lock (_gate)
            {
                var now = time.GetTimestamp();
                _tokens = Math.Min(perMinute, _tokens + (time.GetElapsedTime(_at, now).TotalMinutes * perMinute));
                _at = now;
                var taken = _tokens >= 1;
                _tokens -= taken ? 1 : 0;
                left = (long)_tokens;
                return taken;
            }
        }

        public void GiveBack(int perMinute)
        {
            lock (_gate)
            {
                _tokens = Math.Min(perMinute, _tokens + 1);
            }
        }

        public bool IsIdle(TimeProvider time)
        {
            lock (_gate)
            {
                return time.GetElapsedTime(_at) >= FullAfter;
            }
        }
    }
}
