using System.Net.Http.Json;
using AIMake.Accounts;
using AIMake.Accounts.Tokens;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.Sessions;

public sealed class SessionTests : IClassFixture<ClockedServer>
{
    private readonly ManualTime _clock;
    private readonly TestServer _server;

    public SessionTests(ClockedServer shared) => (_clock, _server) = (shared.Clock, shared.Server);

    [Fact]
    public async Task A_user_sees_where_they_are_signed_in_and_which_session_this_is()
    {
        var user = await _server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = JsonContent.Create(new { login = user.Username, password = user.Password }) };
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        await (await _server.Anonymous.SendAsync(request)).DataAsync();

        var sessions = (await (await user.Http.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(2, sessions.Count);
        var current = Assert.Single(sessions, s => s.GetProperty("current").GetBoolean());
        var other = Assert.Single(sessions, s => !s.GetProperty("current").GetBoolean());
        Assert.Equal("Firefox on Linux", other.GetProperty("userAgent").GetString());
        Assert.Equal("127.0.0.1", current.GetProperty("address").GetString());
        Assert.Equal(current.GetProperty("id").GetGuid(), (await (await user.Http.GetAsync($"/api/auth/sessions/{current.GetProperty("id").GetGuid()}")).DataAsync()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Ending_a_session_closes_its_token_at_once()
    {
        var user = await _server.CreateUserAsync();
        var (elsewhere, id) = await SignInAgainAsync(user);

        await (await user.Http.DeleteAsync($"/api/auth/sessions/{id}")).DataAsync();

        await (await elsewhere.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await user.Http.DeleteAsync($"/api/auth/sessions/{id}")).FaultAsync(404, "NOT_FOUND");
        await (await user.Http.GetAsync("/api/auth/me")).DataAsync();
    }

    [Fact]
    public async Task Ending_the_others_leaves_this_one()
    {
        var user = await _server.CreateUserAsync();
        var first = await SignInAgainAsync(user);
        var second = await SignInAgainAsync(user);

        var data = await (await user.Http.DeleteAsync("/api/auth/sessions")).DataAsync();

        Assert.Equal(2, data.GetProperty("ended").GetInt32());
        await (await first.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await second.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await user.Http.GetAsync("/api/auth/me")).DataAsync();
    }

    [Fact]
    public async Task Somebody_elses_session_is_not_there()
    {
        var (user, other) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        var id = (await (await user.Http.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items")[0].GetProperty("id").GetGuid();

        await (await other.Http.GetAsync($"/api/auth/sessions/{id}")).FaultAsync(404, "NOT_FOUND");
        await (await other.Http.DeleteAsync($"/api/auth/sessions/{id}")).FaultAsync(404, "NOT_FOUND");
        await (await user.Http.GetAsync("/api/auth/me")).DataAsync();
    }

    /// <summary>S10: logout, disabling, password change and deletion.</summary>
    [Theory]
    [InlineData("UPDATE accounts.sessions SET ended_at = now(), end_reason = 'revoked' WHERE user_id = '{0}'")]
    [InlineData("UPDATE accounts.users SET status = 'disabled' WHERE id = '{0}'")]
    [InlineData("UPDATE accounts.users SET security_epoch = security_epoch + 1 WHERE id = '{0}'")]
    [InlineData("DELETE FROM accounts.users WHERE id = '{0}'")]
    public async Task What_another_node_ended_ends_here_within_five_seconds(string sql)
    {
        var user = await _server.CreateUserAsync();
        await (await user.Http.GetAsync("/api/auth/me")).DataAsync();

        await TestDatabase.ExecuteAsync(_server, string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, user.Id));
        _clock.Advance(CallerStates.MaxAge);

        Assert.True(CallerStates.MaxAge < TimeSpan.FromSeconds(5));
        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
    }

    /// <summary>S10: role loss.</summary>
    [Fact]
    public async Task A_role_that_is_lost_is_lost_within_five_seconds()
    {
        await using var server = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(_clock), map: GateRoutes.Map);
        var admin = await server.CreateAdminAsync();
        Assert.True((await admin.Http.GetAsync("/test/admin")).IsSuccessStatusCode);

        await TestDatabase.ExecuteAsync(server, $"UPDATE accounts.users SET role = 'user' WHERE id = '{admin.Id}'");
        _clock.Advance(CallerStates.MaxAge);

        await (await admin.Http.GetAsync("/test/admin")).FaultAsync(403, "FORBIDDEN");
    }

    /// <summary>S10: streams.</summary>
    [Fact]
    public async Task An_open_stream_is_cut_within_half_a_minute()
    {
        var user = await _server.CreateUserAsync();
        using var response = await user.Http.GetAsync("/test/stream", HttpCompletionOption.ResponseHeadersRead);
        var rest = response.Content.ReadAsByteArrayAsync();
        var live = _server.Services.GetRequiredService<LiveCallers>();

        _clock.Advance(LiveCallers.Round);
        await live.CheckAsync(TestContext.Current.CancellationToken);
        Assert.False(rest.IsCompleted); // its right still stands

        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.sessions SET ended_at = now(), end_reason = 'revoked' WHERE user_id = '{user.Id}'");
        _clock.Advance(LiveCallers.Round);
        await live.CheckAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => rest.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(2 * LiveCallers.Round <= TimeSpan.FromSeconds(30));
    }

    /// <summary>S10 over two nodes: what one is told, the other follows, streams that are open there as well.</summary>
    [Theory]
    [InlineData("logout")]
    [InlineData("password")]
    [InlineData("disable")]
    public async Task What_ends_at_one_node_ends_at_the_other(string how)
    {
        await using var there = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(_clock), sharing: _server, map: GateRoutes.Map);
        var user = await _server.CreateUserAsync();
        using var elsewhere = there.ClientWith(user.AccessToken);
        await (await elsewhere.GetAsync("/api/auth/me")).DataAsync();
        using var stream = await elsewhere.GetAsync("/test/stream", HttpCompletionOption.ResponseHeadersRead);
        var rest = stream.Content.ReadAsByteArrayAsync();

        await EndAsync(user, how);
        _clock.Advance(CallerStates.MaxAge);
        await (await elsewhere.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        _clock.Advance(LiveCallers.Round);
        await there.Services.GetRequiredService<LiveCallers>().CheckAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => rest.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private async Task EndAsync(TestUser user, string how)
    {
        switch (how)
        {
            case "logout":
                using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/logout"))
                {
                    request.Headers.Add("X-Requested-With", "test");
                    await (await user.Http.SendAsync(request)).DataAsync();
                }

                break;
            case "password":
                await (await user.Http.PutAsJsonAsync("/api/auth/password", new { currentPassword = user.Password, newPassword = "quite another one" })).DataAsync();
                break;
            default:
                var admin = await AdminAsync();
                await (await admin.PutAsJsonAsync($"/api/admin/users/{user.Id}", new { status = "disabled" })).DataAsync();
                break;
        }
    }

    /// <summary>Any user with the rank; the shared server may have had its first admin before.</summary>
    private async Task<HttpClient> AdminAsync()
    {
        var user = await _server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET role = 'admin' WHERE id = '{user.Id}'");
        _clock.Advance(CallerStates.MaxAge);
        return user.Http;
    }

    private async Task<(HttpClient Http, Guid Session)> SignInAgainAsync(TestUser user)
    {
        var data = await (await _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).DataAsync();
        var client = _server.ClientWith(data.GetProperty("accessToken").GetString()!);
        var sessions = (await (await client.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items").EnumerateArray();
        return (client, sessions.Single(s => s.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid());
    }
}
