using System.Net.Http.Json;
using AIMake.Accounts;
using AIMake.Platform.Http;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Platform.Http;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Beyond_its_share_an_address_is_told_when_to_come_back()
    {
        await using var server = await TestServer.StartAsync(["--RateLimits:PerAddress", "10"], map: Map);

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(await server.Anonymous.GetAsync("/test/open"));
        }

        Assert.Equal(10, answers.Count(a => a.IsSuccessStatusCode));
        var refused = answers.First(a => !a.IsSuccessStatusCode);
        await refused.FaultAsync(429, "RATE_LIMITED");
        Assert.Equal("6", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("\"address\";q=10;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"address\";r=0;t=6", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"address\";r=9;t=6", answers[0].Headers.GetValues("RateLimit").Single());
    }

    [Fact]
    public async Task A_flood_of_bad_tokens_counts_too()
    {
        await using var server = await TestServer.StartAsync(["--RateLimits:PerAddress", "5"], map: Map);
        using var stranger = server.ClientWith("x.y.z");

        var answers = new List<int>();
        for (var i = 0; i < 7; i++)
        {
            answers.Add((int)(await stranger.GetAsync("/test/paid")).StatusCode);
        }

        Assert.Equal([401, 401, 401, 401, 401, 429, 429], answers);
    }

    [Fact]
    public async Task The_door_is_narrower_and_what_it_refuses_costs_nothing_elsewhere()
    {
        await using var server = await TestServer.StartAsync(["--RateLimits:Auth", "3", "--RateLimits:PerAddress", "8"], map: Map);

        var answers = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add((int)(await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = $"n{i}", password = "wrong password" })).StatusCode);
        }

        Assert.Equal([401, 401, 401, .. Enumerable.Repeat(429, 7)], answers);
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await server.Anonymous.GetAsync("/test/open")).IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task Each_user_has_a_share_of_their_own()
    {
        await using var server = await TestServer.StartAsync(["--RateLimits:Paid", "2", "--RateLimits:PerUser", "5"], map: Map);
        var (one, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());

        Assert.Equal("200, 200, 429", await GetAsync(one, "/test/paid", 3));
        Assert.Equal("200, 200, 200, 429", await GetAsync(one, "/test/caller", 4));
        Assert.Equal("200, 200, 429", await GetAsync(other, "/test/paid", 3));
    }

    [Fact]
    public async Task Who_forwards_the_address_must_be_trusted_to()
    {
        await using var server = await TestServer.StartAsync(["--RateLimits:PerAddress", "2"], map: Map);
        await using var proxied = await TestServer.StartAsync(["--RateLimits:PerAddress", "2", "--Http:TrustedProxies", "127.0.0.1"], map: Map);

        Assert.Equal("200, 200, 429, 429", await ForwardAsync(server));
        Assert.Equal("200, 200, 200, 200", await ForwardAsync(proxied));

        static async Task<string> ForwardAsync(TestServer to)
        {
            var answers = new int[4];
            for (var i = 0; i < answers.Length; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/test/open");
                request.Headers.Add("X-Forwarded-For", $"198.51.100.{i}");
                answers[i] = (int)(await to.Anonymous.SendAsync(request)).StatusCode;
            }

            return string.Join(", ", answers);
        }
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7")]
    [InlineData("198.51.100.7", "198.51.100.7")]
    [InlineData("::1", "::1")]
    public void One_customer_is_one_address(string address, string key)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(address);

        Assert.Equal(key, ClientAddress.LimitKey(context));
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/test/open", () => "ok").Public();
        app.MapGet("/test/caller", () => "ok").RequireCaller();
        app.MapGet("/test/paid", () => "ok").RequireCaller().WithRateClass(RateClass.Paid);
    }

    private static async Task<string> GetAsync(TestUser user, string path, int times)
    {
        var answers = new int[times];
        for (var i = 0; i < times; i++)
        {
            answers[i] = (int)(await user.Http.GetAsync(path)).StatusCode;
        }

        return string.Join(", ", answers);
    }
}
