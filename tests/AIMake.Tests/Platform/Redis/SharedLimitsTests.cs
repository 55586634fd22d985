using System.Text.Json;
using AIMake.Accounts;
using AIMake.Platform.Http;
using AIMake.Platform.Redis;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Platform.Redis;

public sealed class SharedLimitsTests
{
    [Fact]
    public async Task Two_nodes_keep_one_limit_and_go_on_without_redis_and_with_it_again()
    {
        await using var redis = await RedisHost.StartAsync();
        string[] settings = ["--Redis:Url", redis.Url, "--Redis:Timeout", "00:00:10", "--RateLimits:PerUser", "20"];
        await using var one = await TestServer.StartAsync(settings, map: Map);
        await using var two = await TestServer.StartAsync(settings, sharing: one, map: Map);
        await ReadyAsync(one, redis: true);
        await ReadyAsync(two, redis: true);

        Assert.InRange(await PassAsync(one, two), 20, 23); // one comes back every three seconds, and machines are busy

        await redis.KillAsync();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.InRange(await PassAsync(one, two), 30, 45); // each node counts for itself
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 5);
        await ReadyAsync(one, redis: false);

        await redis.StartAsync();
        await ReadyAsync(one, redis: true);
        await ReadyAsync(two, redis: true);
        Assert.InRange(await PassAsync(one, two), 20, 23);
    }

    [Fact]
    public async Task A_frozen_redis_costs_one_request_a_moment()
    {
        await using var redis = await RedisHost.StartAsync();
        await using var server = await TestServer.StartAsync(["--Redis:Url", redis.Url], map: Map);
        await ReadyAsync(server, redis: true);
        var user = await server.CreateUserAsync();

        await redis.FreezeAsync();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.True((await user.Http.GetAsync("/test/caller")).IsSuccessStatusCode);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 5); // machines are busy

        await ReadyAsync(server, redis: false);
        await redis.ThawAsync();
        await ReadyAsync(server, redis: true);
    }

    [Fact]
    public async Task Without_redis_readiness_does_not_speak_of_it()
    {
        await using var server = await TestServer.StartAsync();

        var report = JsonElement.Parse(await server.Anonymous.GetStringAsync("/health/ready"));

        Assert.False(report.GetProperty("checks").TryGetProperty("redis", out _));
    }

    [Fact]
    public async Task Shared_buckets_refill_take_all_or_none_and_agree_with_the_local_ones()
    {
        await using var redis = await RedisHost.StartAsync();
        using var client = await redis.ConnectAsync();
        var shared = new SharedRateBuckets(client, new LocalRateBuckets(TimeProvider.System));
        var local = new LocalRateBuckets(TimeProvider.System);
        var (narrow, wide) = (new RateBucket("paid", "u", 3), new RateBucket("user", "u", 10));

        for (var i = 0; i < 6; i++)
        {
            RateBucket[] buckets = i < 5 ? [narrow, wide] : [wide];
            Assert.Equal(local.Take(buckets), await shared.TakeAsync(buckets, default));
        }

        // What the narrow one refused cost the wide one nothing: 3 and 1 of 10 are gone.
        Assert.Equal(5, (await shared.TakeAsync([wide], default)).Left);
        Assert.InRange(((RedisReply.Integer)await client.SendAsync("PTTL", "aimake:rate:user:u")).Value, 50_000, 60_000);
        await client.SendAsync("HSET", "aimake:rate:paid:u", "at", "0"); // a minute ago and more
        Assert.Equal(new RateVerdict(-1, 2), await shared.TakeAsync([narrow], default));
    }

    private static void Map(WebApplication app) => app.MapGet("/test/caller", () => "ok").RequireCaller();

    private static async Task<int> PassAsync(TestServer one, TestServer two)
    {
        var user = await one.CreateUserAsync();
        var nodes = new[] { user.Http, two.ClientWith(user.AccessToken) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i => (await nodes[i % 2].GetAsync("/test/caller")).IsSuccessStatusCode));
        return answers.Count(passed => passed);
    }

    /// <summary>Waits until the report says so, and holds it to still inviting requests.</summary>
    private static async Task ReadyAsync(TestServer server, bool redis)
    {
        while (true)
        {
            using var answer = await server.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode);
            var report = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
            if (report.GetProperty("checks").GetProperty("redis").GetBoolean() == redis)
            {
                Assert.Equal(redis ? "ok" : "degraded", report.GetProperty("status").GetString());
                return;
            }
        }
    }
}
