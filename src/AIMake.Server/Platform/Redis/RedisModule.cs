using AIMake.Platform.Http;
using AIMake.Platform.Settings;

namespace AIMake.Platform.Redis;

internal static class RedisModule
{
    /// <summary>Nothing but settings while no address is given.</summary>
    public static void AddRedis(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<RedisOptions>(RedisOptions.Section);
        if (options.Url is not { Length: > 0 } url || RedisAddress.Parse(url) is not { } address)
        {
            return;
        }

        builder.Services.AddSingleton(s => new RedisClient(address, options.Timeout, s.GetRequiredService<ILogger<RedisClient>>()));
        builder.Services.AddHostedService(s => s.GetRequiredService<RedisClient>());
        builder.Services.AddSingleton<IRateBuckets, SharedRateBuckets>();
    }
}
