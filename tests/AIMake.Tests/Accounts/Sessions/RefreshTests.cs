using System.Net.Http.Json;
using System.Text;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Sessions;

public sealed class RefreshTests : IClassFixture<ClockedServer>
{
    private readonly ManualTime _clock;
    private readonly TestServer _server;

    public RefreshTests(ClockedServer shared) => (_clock, _server) = (shared.Clock, shared.Server);

    [Fact]
    public async Task The_cookie_buys_a_fresh_token_and_the_next_cookie()
    {
        var user = await _server.CreateUserAsync();

        using var response = await RefreshAsync(user.Cookie);
        var data = await response.DataAsync();

        Assert.Equal(900, data.GetProperty("expiresIn").GetInt32());
        Assert.Equal(user.Username, data.GetProperty("user").GetProperty("username").GetString());
        Assert.NotEqual(user.Cookie, Cookie(response));
        using var client = _server.ClientWith(data.GetProperty("accessToken").GetString()!);
        Assert.True((await client.GetAsync("/api/auth/me")).IsSuccessStatusCode);
    }

    /// <summary>S09: the race.</summary>
    [Fact]
    public async Task Of_twenty_tabs_at_once_one_wins_and_nobody_gets_a_second_token()
    {
        var user = await _server.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(user.Cookie)));

        var winner = Assert.Single(answers, a => a.IsSuccessStatusCode);
        foreach (var loser in answers.Where(a => a != winner))
        {
            await loser.FaultAsync(409, "REFRESH_IN_PROGRESS");
            Assert.False(loser.Headers.Contains("Set-Cookie"));
        }

        await (await RefreshAsync(Cookie(winner))).DataAsync();
    }

    /// <summary>S09: the reuse.</summary>
    [Fact]
    public async Task A_used_token_that_comes_back_later_ends_the_session_for_both_hands()
    {
        var user = await _server.CreateUserAsync();
        var second = Cookie(await RefreshAsync(user.Cookie));
        _clock.Advance(TimeSpan.FromSeconds(11));

        using var stolen = await RefreshAsync(user.Cookie);

        await stolen.FaultAsync(401, "REFRESH_REUSED");
        Assert.Contains("expires=Thu, 01 Jan 1970", stolen.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        await (await RefreshAsync(second)).FaultAsync(401, "REFRESH_INVALID");
        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
    }

    [Fact]
    public async Task The_other_sessions_of_the_user_go_on()
    {
        var user = await _server.CreateUserAsync();
        var elsewhere = Cookie(await _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password }));
        await RefreshAsync(user.Cookie);
        _clock.Advance(TimeSpan.FromSeconds(11));
        await RefreshAsync(user.Cookie);

        await (await RefreshAsync(elsewhere)).DataAsync();
    }

    [Fact]
    public async Task A_session_not_used_for_thirty_days_is_over()
    {
        var user = await _server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(_server, $"""
            UPDATE accounts.refresh_tokens SET created_at = created_at - interval '30 days', expires_at = expires_at - interval '30 days'
            WHERE family IN (SELECT id FROM accounts.sessions WHERE user_id = '{user.Id}')
            """);

        await (await RefreshAsync(user.Cookie)).FaultAsync(401, "REFRESH_INVALID");
    }

    [Fact]
    public async Task No_session_outlives_ninety_days_however_often_it_is_used()
    {
        var user = await _server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(_server, $"""
            UPDATE accounts.sessions SET created_at = created_at - interval '90 days' + interval '1 minute', expires_at = expires_at - interval '90 days' + interval '1 minute'
            WHERE user_id = '{user.Id}'
            """);

        var cookie = Cookie(await RefreshAsync(user.Cookie));
        _clock.Advance(TimeSpan.FromMinutes(1));

        await (await RefreshAsync(cookie)).FaultAsync(401, "REFRESH_INVALID");
    }

    [Theory]
    [InlineData("rt=")]
    [InlineData("rt=x")]
    [InlineData("rt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("rt=' OR 1=1--")]
    [InlineData("__Host-rt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("other=1")]
    public async Task A_cookie_that_is_none_of_ours_signs_nobody_in(string cookie) =>
        await (await RefreshAsync(cookie)).FaultAsync(401, "REFRESH_INVALID");

    [Fact]
    public async Task A_disabled_users_cookie_buys_nothing()
    {
        var user = await _server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET status = 'disabled' WHERE id = '{user.Id}'");

        await (await RefreshAsync(user.Cookie)).FaultAsync(401, "REFRESH_INVALID");
    }

    /// <summary>S10: logout.</summary>
    [Fact]
    public async Task Logging_out_ends_the_session_at_once()
    {
        var user = await _server.CreateUserAsync();

        using var response = await PostAsync("/api/auth/logout", user.Cookie, ("X-Requested-With", "test"));

        await response.DataAsync();
        Assert.Contains("expires=Thu, 01 Jan 1970", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await RefreshAsync(user.Cookie)).FaultAsync(401, "REFRESH_INVALID");
        await (await PostAsync("/api/auth/logout", user.Cookie, ("X-Requested-With", "test"))).DataAsync(); // again: nothing to do
    }

    [Fact]
    public async Task A_program_without_cookies_logs_out_with_its_token()
    {
        var user = await _server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/logout");
        request.Headers.Add("X-Requested-With", "curl");

        await (await user.Http.SendAsync(request)).DataAsync();

        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
    }

    /// <summary>S58: origins that are foreign, null, absent or only look like ours.</summary>
    [Theory]
    [InlineData("refresh")]
    [InlineData("logout")]
    public async Task Pages_of_other_sites_cannot_use_the_cookie(string route)
    {
        var user = await _server.CreateUserAsync();
        var path = $"/api/auth/{route}";
        (string, string)[][] forgeries =
        [
            [],
            [("Origin", "https://evil.example.com"), ("X-Requested-With", "x")],
            [("Origin", "null"), ("X-Requested-With", "x")],
            [("Origin", $"http://{_server.Address.Authority}.evil.example.com")],
            [("Origin", $"http://localhost:{_server.Address.Port + 1}")],
            [("Origin", "http://127.0.0.1"), ("Sec-Fetch-Site", "same-origin")],
            [("Sec-Fetch-Site", "cross-site"), ("X-Requested-With", "x")],
            [("Sec-Fetch-Site", "same-site")],
            [("Sec-Fetch-Site", "none")],
        ];

        foreach (var headers in forgeries)
        {
            await (await PostAsync(path, user.Cookie, headers)).FaultAsync(403, "CSRF_FAILED");
        }

        await (await RefreshAsync(user.Cookie)).DataAsync(); // none of them used it up
    }

    /// <summary>S58: what a form of another site can send.</summary>
    [Theory]
    [InlineData("text/plain", "{}")]
    [InlineData("application/x-www-form-urlencoded", "a=b")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    public async Task Bodies_that_a_form_can_send_are_refused(string type, string body)
    {
        var user = await _server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh") { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("Cookie", user.Cookie);
        request.Headers.Add("Origin", _server.Address.GetLeftPart(UriPartial.Authority));

        await (await _server.Anonymous.SendAsync(request)).FaultAsync(403, "CSRF_FAILED");
    }

    /// <summary>S58, the positive twin.</summary>
    [Fact]
    public async Task Our_own_pages_may()
    {
        var cookie = (await _server.CreateUserAsync()).Cookie;
        (string, string)[][] honest =
        [
            [("Origin", _server.Address.GetLeftPart(UriPartial.Authority))],
            [("Origin", _server.Address.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin")],
            [("Sec-Fetch-Site", "same-origin")],
            [("X-Requested-With", "curl")],
        ];

        foreach (var headers in honest)
        {
            using var response = await PostAsync("/api/auth/refresh", cookie, headers);
            await response.DataAsync();
            cookie = Cookie(response);
        }
    }

    private Task<HttpResponseMessage> RefreshAsync(string cookie) => PostAsync("/api/auth/refresh", cookie, ("X-Requested-With", "test"));

    private Task<HttpResponseMessage> PostAsync(string path, string cookie, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _server.Anonymous.SendAsync(request);
    }

    private static string Cookie(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
}
