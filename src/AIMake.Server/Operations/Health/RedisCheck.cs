using AIMake.Platform.Redis;

namespace AIMake.Operations.Health;

/// <summary>Limits are shared with the other nodes. When they are not, each node counts for itself and requests are still welcome.</summary>
internal sealed class RedisCheck(RedisClient redis) : IReadinessCheck
{
    public string Name => "redis";

    public bool IsVital => false;

    public async Task<bool> CheckAsync(CancellationToken ct)
    {
        await redis.FirstAttempt.WaitAsync(ct); // asked right at the start, it waits for the first answer
        return await redis.SendAsync("PING") is RedisReply.Text;
    }
}
