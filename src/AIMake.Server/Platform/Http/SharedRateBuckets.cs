using System.Globalization;
using AIMake.Platform.Redis;

namespace AIMake.Platform.Http;

/// <summary>
/// Buckets that all nodes share, in Redis, by its clock. When it is away or slow each node counts for itself: limits become
/// looser, and nobody is kept out or let in without end.
/// </summary>
internal sealed class SharedRateBuckets(RedisClient redis, LocalRateBuckets local) : IRateBuckets
{
    private const string Prefix = "aimake:rate:";

    /// <summary>Looks at all buckets before it takes from any. Answers the index that refused, or -1, and what is left.</summary>
    private static readonly RedisScript Script = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local levels = {}
        for i, key in ipairs(KEYS) do
            local most = tonumber(ARGV[i])
            local kept = redis.call('HMGET', key, 'level', 'at')
            local at = tonumber(kept[2]) or now
            local level = math.min(most, (tonumber(kept[1]) or most) + math.max(0, now - at) * most / 60000)
            if level < 1 then
                return {i - 1, 0}
            end
            levels[i] = level
        end
        for i, key in ipairs(KEYS) do
            redis.call('HSET', key, 'level', string.format('%.9f', levels[i] - 1), 'at', now)
            redis.call('PEXPIRE', key, 60000)
        end
        return {-1, math.floor(levels[1] - 1)}
        """);

    public async ValueTask<RateVerdict> TakeAsync(RateBucket[] buckets, CancellationToken ct)
    {
        if (!redis.IsConnected)
        {
            return local.Take(buckets);
        }

        try
        {
            var reply = await redis.EvalAsync(
                Script, Array.ConvertAll(buckets, b => $"{Prefix}{b.Name}:{b.Key}"), Array.ConvertAll(buckets, b => b.PerMinute.ToString(CultureInfo.InvariantCulture)));
            return reply is RedisReply.List { Items: [RedisReply.Integer refused, RedisReply.Integer left] }
                ? new RateVerdict((int)refused.Value, left.Value)
                : local.Take(buckets);
        }
        catch (RedisException)
        {
            return local.Take(buckets);
        }
    }
}
