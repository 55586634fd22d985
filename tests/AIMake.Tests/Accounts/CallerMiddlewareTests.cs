using AIMake.Accounts;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace AIMake.Tests.Accounts;

public sealed class CallerMiddlewareTests(ClockedServer shared) : IClassFixture<ClockedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A_route_without_a_policy_or_with_two_lets_nobody_through()
    {
        var user = await _server.CreateUserAsync();
        foreach (var path in new[] { "/test/none", "/test/two" })
        {
            await (await _server.Anonymous.GetAsync(path)).FaultAsync(403, "FORBIDDEN");
            await (await user.Http.GetAsync(path)).FaultAsync(403, "FORBIDDEN");
        }

        var faulty = RoutePolicies.Faulty(_server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>());
        Assert.Equal(["/test/none", "/test/two"], faulty.Select(f => f.Split(' ').Last(p => p.StartsWith('/'))).Distinct());
    }

    [Fact]
    public async Task Each_policy_lets_its_own_through()
    {
        var (user, admin) = (await _server.CreateUserAsync(), await _server.CreateAdminAsync());

        Assert.Equal("nobody", await _server.Anonymous.GetStringAsync("/test/public"));
        Assert.Equal(user.Id.ToString(), await user.Http.GetStringAsync("/test/public"));
        Assert.Equal(user.Id.ToString(), await user.Http.GetStringAsync("/test/caller"));
        Assert.Equal("admin", await admin.Http.GetStringAsync("/test/admin"));
        await (await user.Http.GetAsync("/test/admin")).FaultAsync(403, "FORBIDDEN");
        await (await _server.Anonymous.GetAsync("/test/admin")).FaultAsync(401, "UNAUTHENTICATED");
        using var stranger = _server.ClientWith("x.y.z");
        Assert.Equal("nobody", await stranger.GetStringAsync("/test/public"));
    }

    [Fact]
    public async Task The_answer_tells_a_client_when_to_refresh_and_nothing_else()
    {
        var user = await _server.CreateUserAsync();
        shared.Clock.Advance(TimeSpan.FromMinutes(16));

        using var expired = await user.Http.GetAsync("/test/caller");
        await expired.FaultAsync(401, "TOKEN_EXPIRED");
        Assert.Equal("Bearer", expired.Headers.WwwAuthenticate.ToString());

        using var forged = await _server.ClientWith(user.AccessToken[..^1]).GetAsync("/test/caller");
        await forged.FaultAsync(401, "INVALID_TOKEN");
    }

    [Fact]
    public void Two_authorization_headers_are_none()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = new StringValues(["Bearer good", "Bearer other"]);

        Assert.True(BearerToken.TryRead(request, out var token));
        Assert.Empty(token);
    }

    [Fact]
    public async Task The_frameworks_own_refusals_keep_their_status()
    {
        await (await _server.Anonymous.GetAsync("/api/nothing-here")).FaultAsync(404, "NOT_FOUND");
        await (await _server.Anonymous.PatchAsync("/api/auth/me", null)).FaultAsync(405, "METHOD_NOT_ALLOWED");
        await (await _server.Anonymous.PostAsync("/api/auth/login", new StringContent("x"))).FaultAsync(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}
