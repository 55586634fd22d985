using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.OAuth;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Platform.Faults;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.OAuth;

/// <summary>Sign-in through others, against simulated providers and the real server.</summary>
public sealed class OAuthSignInTests(OAuthBed bed) : IClassFixture<OAuthBed>
{
    private static int _people;

    [Fact]
    public async Task The_providers_that_are_set_up_are_listed_for_anybody()
    {
        var items = (await (await bed.Server.Anonymous.GetAsync("/api/auth/oauth")).DataAsync()).GetProperty("items");

        Assert.Equal(
            [("github", "GitHub"), ("google", "Google"), ("acme", "Acme Login")],
            items.EnumerateArray().Select(i => (i.GetProperty("name").GetString()!, i.GetProperty("displayName").GetString()!)));
    }

    [Theory]
    [InlineData("github")]
    [InlineData("google")]
    [InlineData("acme")]
    public async Task Whoever_comes_first_gets_an_account_and_comes_back_to_the_same(string provider)
    {
        var login = Login();
        using var browser = bed.Browser();
        var landed = await browser.SignInAsync(provider, new { login }, "?returnTo=/library");

        Assert.Equal(("/auth/callback", "/library"), (landed.Path, landed.Next));
        var user = (await browser.EnterAsync()).GetProperty("user");
        Assert.Equal($"{login}@example.com", user.GetProperty("email").GetString());
        Assert.StartsWith(login, user.GetProperty("username").GetString(), StringComparison.Ordinal);

        using var elsewhere = bed.Browser();
        await elsewhere.SignInAsync(provider, new { login });
        Assert.Equal(user.GetProperty("id").GetGuid(), (await elsewhere.EnterAsync()).GetProperty("user").GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_first_visitor_has_accepted_no_agreement_yet()
    {
        using var browser = bed.Browser();
        await browser.SignInAsync("github", new { login = Login() });
        using var http = bed.Server.ClientWith(await TokenAsync(browser));

        var agreement = await (await http.GetAsync("/api/user/agreement")).DataAsync();

        Assert.False(agreement.GetProperty("upToDate").GetBoolean());
    }

    [Fact]
    public async Task A_taken_username_is_told_apart()
    {
        var login = Login();
        using var first = bed.Browser();
        using var second = bed.Browser();
        await first.SignInAsync("github", new { login });
        await second.SignInAsync("google", new { login, email = $"{login}@elsewhere.example", verified = "true" });

        var (a, b) = (await first.EnterAsync(), await second.EnterAsync());
        Assert.Equal(login, a.GetProperty("user").GetProperty("username").GetString());
        Assert.Matches($"^{login}-[0-9]+$", b.GetProperty("user").GetProperty("username").GetString());
    }

    [Fact]
    public async Task The_address_of_the_trip_is_ours_and_carries_a_proof_the_provider_can_check()
    {
        using var browser = bed.Browser();
        using var start = await browser.GetAsync("/api/auth/oauth/google/start");
        var query = QueryHelpers.ParseQuery(start.Headers.Location!.Query);

        Assert.Equal($"{bed.Server.Address.ToString().TrimEnd('/')}/api/auth/oauth/google/callback", query["redirect_uri"].ToString());
        Assert.Equal(("code", "S256", "openid email profile"), (query["response_type"].ToString(), query["code_challenge_method"].ToString(), query["scope"].ToString()));
        Assert.Equal((43, 43, 43), (query["code_challenge"].ToString().Length, query["state"].ToString().Length, query["nonce"].ToString().Length));
        var cookie = start.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=600", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.True(start.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_forged_host_does_not_change_where_the_provider_sends_the_browser()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/oauth/github/start");
        request.Headers.Host = "attacker.example";
        request.Headers.Add("X-Forwarded-Host", "attacker.example");
        using var start = await bed.Server.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        Assert.DoesNotContain("attacker", start.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trip_begins_at_the_public_address_where_it_also_ends()
    {
        await using var server = await bed.StartAsync(["--Http:PublicUrl", "https://aimake.example.com"]);
        using var elsewhere = await server.Anonymous.GetAsync("/api/auth/oauth/github/start?returnTo=/keys");
        using var behindProxy = await server.Anonymous.GetAsync("/api/auth/oauth/github/start?returnTo=/keys&moved=true");

        Assert.Equal("https://aimake.example.com/api/auth/oauth/github/start?returnTo=/keys&moved=true", elsewhere.Headers.Location!.ToString());
        Assert.Equal("https://aimake.example.com/api/auth/oauth/github/callback", QueryHelpers.ParseQuery(behindProxy.Headers.Location!.Query)["redirect_uri"].ToString());
    }

    [Fact]
    public async Task Over_https_the_cookie_is_tied_to_this_host()
    {
        await using var server = await bed.StartAsync(["--Accounts:InsecureCookies", "never"]);
        using var start = await server.Anonymous.GetAsync("/api/auth/oauth/github/start");

        var cookie = start.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-oauth=", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("//attacker.example")]
    [InlineData("/\\attacker.example")]
    [InlineData("https://attacker.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/api/auth/logout")]
    [InlineData("/a b")]
    [InlineData("")]
    public async Task Nobody_is_sent_on_to_a_stranger(string returnTo)
    {
        using var browser = bed.Browser();
        var landed = await browser.SignInAsync("github", new { login = Login() }, $"?returnTo={Uri.EscapeDataString(returnTo)}");

        Assert.Equal("/studio/speech", landed.Next);
    }

    [Fact]
    public async Task Another_browser_cannot_finish_the_trip()
    {
        using var victim = bed.Browser();
        using var attacker = bed.Browser();
        var callback = await attacker.VisitAsync("github", new { login = Login() });

        Assert.Equal("OAUTH_STATE_INVALID", (await victim.ComeBackAsync(callback)).Error);
        Assert.Empty(victim.Cookies);
        Assert.Equal("OAUTH_STATE_INVALID", (await attacker.ComeBackAsync(callback)).Error); // and it is used up by the try

        await attacker.VisitAsync("github", new { login = Login() });
        var other = await victim.VisitAsync("github", new { login = Login() });
        Assert.Equal("OAUTH_STATE_INVALID", (await attacker.ComeBackAsync(other)).Error); // a cookie of another trip does not help
    }

    [Fact]
    public async Task A_way_back_works_once_in_time_and_for_its_own_provider()
    {
        using var browser = bed.Browser();
        var callback = await browser.VisitAsync("github", new { login = Login() });
        Assert.Null((await browser.ComeBackAsync(callback)).Error);
        Assert.Equal("OAUTH_STATE_INVALID", (await browser.ComeBackAsync(callback)).Error);

        var swapped = await browser.VisitAsync("github", new { login = Login() });
        Assert.Equal("OAUTH_STATE_INVALID", (await browser.ComeBackAsync(new Uri(swapped.ToString().Replace("/github/", "/google/", StringComparison.Ordinal)))).Error);

        var late = await browser.VisitAsync("github", new { login = Login() });
        bed.Clock.Advance(OAuthService.TripLife);
        Assert.Equal("OAUTH_STATE_INVALID", (await browser.ComeBackAsync(late)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?code=x")]
    [InlineData("?state=x&code=x")]
    [InlineData("?error=access_denied")]
    [InlineData("?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&code=x")]
    public async Task Whoever_comes_without_a_trip_is_told_so(string query)
    {
        using var browser = bed.Browser();

        Assert.Equal("OAUTH_STATE_INVALID", (await browser.ComeBackAsync(new Uri(bed.Server.Address, "/api/auth/oauth/github/callback" + query))).Error);
    }

    [Theory]
    [InlineData("github")]
    [InlineData("google")]
    public async Task Whoever_says_no_there_is_told_so_here(string provider)
    {
        using var browser = bed.Browser();
        var landed = await browser.SignInAsync(provider, new { });

        Assert.Equal(("OAUTH_DENIED", provider), (landed.Error, landed.Query["provider"]));
        Assert.Empty(browser.Cookies);
    }

    /// <summary>S01–S08 where they meet a sign-in: each wrong token signs nobody in, the right one after it does.</summary>
    [Theory]
    [InlineData("alg_none")]
    [InlineData("hs256")]
    [InlineData("foreign_key")]
    [InlineData("unknown_kid")]
    [InlineData("wrong_nonce")]
    [InlineData("no_nonce")]
    [InlineData("wrong_audience")]
    [InlineData("wrong_issuer")]
    [InlineData("expired")]
    public async Task A_wrong_id_token_signs_nobody_in(string fault)
    {
        using var browser = bed.Browser();
        var login = Login();
        await bed.Simulator.FaultsAsync(new { path = "/oidc/acme/token", failCode = fault, failTimes = 1 });

        Assert.Equal("OAUTH_FAILED", (await browser.SignInAsync("acme", new { login })).Error);
        Assert.Empty(browser.Cookies);
        Assert.Null((await browser.SignInAsync("acme", new { login })).Error);
    }

    [Fact]
    public async Task A_key_that_the_issuer_changed_is_learned()
    {
        using var browser = bed.Browser();
        Assert.Null((await browser.SignInAsync("acme", new { login = Login() })).Error);
        (await bed.Simulator.Http.PostAsync("/oidc/acme/__rotate", null)).Dispose();
        bed.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Null((await browser.SignInAsync("acme", new { login = Login() })).Error);
    }

    [Fact]
    public async Task What_the_id_token_does_not_tell_is_asked_of_the_issuer()
    {
        using var browser = bed.Browser();
        var login = Login();
        await bed.Simulator.FaultsAsync(new { path = "/oidc/acme/token", failCode = "no_email", failTimes = 1 });

        Assert.Null((await browser.SignInAsync("acme", new { login })).Error);
        Assert.Equal($"{login}@example.com", (await browser.EnterAsync()).GetProperty("user").GetProperty("email").GetString());
    }

    [Fact]
    public async Task An_answer_about_somebody_else_is_not_listened_to()
    {
        using var browser = bed.Browser();
        await bed.Simulator.FaultsAsync(new { path = "/oidc/acme/token", failCode = "no_email", failTimes = 1 });
        await bed.Simulator.FaultsAsync(new { path = "/oidc/acme/userinfo", failCode = "other_subject", failTimes = 1 });

        Assert.Equal("OAUTH_EMAIL_MISSING", (await browser.SignInAsync("acme", new { login = Login() })).Error);
    }

    [Theory]
    [InlineData("github", "/github/login/oauth/access_token", "bad_verification_code", null)]
    [InlineData("github", "/github/login/oauth/access_token", null, 500)]
    [InlineData("github", "/github/api/user", null, 503)]
    [InlineData("google", "/oidc/google/token", "invalid_grant", 400)]
    public async Task A_provider_that_fails_is_told_as_such(string provider, string path, string? code, int? status)
    {
        using var browser = bed.Browser();
        var callback = await browser.VisitAsync(provider, new { login = Login() });
        await bed.Simulator.FaultsAsync(new { path, failCode = code, failStatus = status, failTimes = 1 });

        Assert.Equal("OAUTH_FAILED", (await browser.ComeBackAsync(callback)).Error);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("json")]
    [InlineData("empty")]
    [InlineData("redirect")]
    public async Task A_provider_that_talks_rubbish_is_told_as_such(string malformed)
    {
        using var browser = bed.Browser();
        var callback = await browser.VisitAsync("github", new { login = Login() });
        await bed.Simulator.FaultsAsync(new { path = "/github/login/oauth/access_token", malformed, failTimes = 1 });

        Assert.Equal("OAUTH_FAILED", (await browser.ComeBackAsync(callback)).Error);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_told_before_anybody_leaves()
    {
        await using var server = await bed.StartAsync(["--OAuth:Oidc:ClientId", "x", "--OAuth:Oidc:Issuer", "http://127.0.0.1:9", "--Outbound:AllowedHosts", "127.0.0.1"]);
        using var browser = bed.Browser(server);
        using var start = await browser.GetAsync("/api/auth/oauth/oidc/start");

        Assert.Equal("/auth/callback?error=OAUTH_FAILED&provider=oidc", start.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_provider_that_is_not_set_up_is_not_there()
    {
        await (await bed.Server.Anonymous.GetAsync("/api/auth/oauth/facebook/start")).FaultAsync(404, "NOT_FOUND");
        await (await bed.Server.Anonymous.GetAsync("/api/auth/oauth/facebook/callback?code=x&state=x")).FaultAsync(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Whoever_has_no_address_there_gets_no_account()
    {
        using var browser = bed.Browser();

        Assert.Equal("OAUTH_EMAIL_MISSING", (await browser.SignInAsync("github", new { login = "nobody" })).Error); // there is one, not verified
        Assert.Equal("OAUTH_EMAIL_MISSING", (await browser.SignInAsync("acme", new { login = Login(), email = "" })).Error);
    }

    /// <summary>The attack: an account made elsewhere with the victim's address opens the victim's account here.</summary>
    [Fact]
    public async Task An_address_that_nobody_vouches_for_opens_no_account_and_links_nothing()
    {
        var victim = await bed.Server.CreateUserAsync();
        using var attacker = bed.Browser();

        Assert.Equal("EMAIL_TAKEN", (await attacker.SignInAsync("acme", new { login = Login(), email = victim.Email, verified = "false" })).Error);
        await bed.Simulator.FaultsAsync(new { path = "/oidc/acme/token", failCode = "email_verified_text", failTimes = 1 });
        Assert.Equal("EMAIL_TAKEN", (await attacker.SignInAsync("acme", new { login = Login(), email = victim.Email, verified = "true" })).Error);
        Assert.Empty(attacker.Cookies);
    }

    [Fact]
    public async Task A_verified_address_of_an_account_is_linked_once_its_owner_has_signed_in()
    {
        var owner = await bed.Server.CreateUserAsync();
        var stranger = await bed.Server.CreateUserAsync();
        var person = new { login = Login(), email = owner.Email.ToUpperInvariant(), verified = "true" };
        using var browser = bed.Browser();

        var landed = await browser.SignInAsync("github", person, "?returnTo=/library");
        Assert.Equal(("link", "/library"), (landed.Step, landed.Next));
        Assert.DoesNotContain(browser.Cookies, c => c.Name == RefreshCookie.PlainName); // nobody is in yet
        await (await browser.PostAsync("/api/auth/oauth/link", null)).FaultAsync(401, "UNAUTHENTICATED");
        await (await browser.PostAsync("/api/auth/oauth/link", null, stranger.AccessToken)).FaultAsync(400, "OAUTH_LINK_INVALID");
        await (await owner.Http.PostAsync("/api/auth/oauth/link", null)).FaultAsync(400, "OAUTH_LINK_INVALID"); // the owner, in another browser

        var linked = await (await browser.PostAsync("/api/auth/oauth/link", null, owner.AccessToken)).DataAsync();
        Assert.Equal("/library", linked.GetProperty("returnTo").GetString());
        await (await browser.PostAsync("/api/auth/oauth/link", null, owner.AccessToken)).FaultAsync(400, "OAUTH_LINK_INVALID");

        Assert.Null((await browser.SignInAsync("github", person)).Step);
        Assert.Equal(owner.Id, (await browser.EnterAsync()).GetProperty("user").GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_link_that_waits_too_long_is_gone()
    {
        var owner = await bed.Server.CreateUserAsync();
        using var browser = bed.Browser();
        await browser.SignInAsync("google", new { login = Login(), email = owner.Email, verified = "true" });
        bed.Clock.Advance(OAuthService.LinkLife);

        var token = (await (await bed.Server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = owner.Email, password = owner.Password })).DataAsync()).GetProperty("accessToken").GetString();
        await (await browser.PostAsync("/api/auth/oauth/link", null, token)).FaultAsync(400, "OAUTH_LINK_INVALID");
    }

    [Fact]
    public async Task Two_ways_back_at_once_make_one_account()
    {
        var login = Login();
        var browsers = Enumerable.Range(0, 8).Select(_ => bed.Browser()).ToArray();
        var callbacks = await Task.WhenAll(browsers.Select(b => b.VisitAsync("google", new { login })));

        var landed = await Task.WhenAll(browsers.Zip(callbacks, (b, c) => b.ComeBackAsync(c)));

        Assert.Contains(landed, l => l.Error is null && l.Step is null);
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(bed.Server, $"SELECT count(*) FROM accounts.users WHERE email = '{login}@example.com'"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(bed.Server, $"SELECT count(*) FROM accounts.identities WHERE label = '{login}@example.com'"));
        Array.ForEach(browsers, b => b.Dispose());
    }

    [Theory]
    [InlineData("closed", "REGISTRATION_CLOSED")]
    [InlineData("invite", "REGISTRATION_INVITE_ONLY")]
    public async Task Where_nobody_new_is_let_in_nobody_new_comes_in_this_way(string mode, string code)
    {
        var login = Login();
        using var known = bed.Browser();
        await known.SignInAsync("github", new { login });
        await using var server = await bed.StartAsync(["--Accounts:Registration", mode], sharing: bed.Server);
        using var browser = bed.Browser(server);

        Assert.Equal(code, (await browser.SignInAsync("github", new { login = Login() })).Error);
        Assert.Null((await browser.SignInAsync("github", new { login })).Error);
    }

    /// <summary>S14.</summary>
    [Fact]
    public async Task S14_a_disabled_account_is_closed_this_way_as_well()
    {
        using var browser = bed.Browser();
        var login = Login();
        await browser.SignInAsync("github", new { login });
        var user = (await browser.EnterAsync()).GetProperty("user").GetProperty("id").GetGuid();
        await TestDatabase.ExecuteAsync(bed.Server, $"UPDATE accounts.users SET status = 'disabled' WHERE id = '{user}'");

        using var again = bed.Browser();
        Assert.Equal("ACCOUNT_DISABLED", (await again.SignInAsync("github", new { login })).Error);
        Assert.Empty(again.Cookies);
    }

    /// <summary>S14: no other way leads into an account that only somebody else vouches for.</summary>
    [Fact]
    public async Task S14_an_account_without_a_password_has_no_other_door()
    {
        using var browser = bed.Browser();
        var login = Login();
        await browser.SignInAsync("github", new { login });
        using var http = bed.Server.ClientWith(await TokenAsync(browser));

        foreach (var password in new[] { "a password of somebody", "", "null" })
        {
            using var tried = await bed.Server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login, password });
            Assert.NotEqual(HttpStatusCode.OK, tried.StatusCode);
        }

        await (await bed.Server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login, password = "a password of somebody" })).FaultAsync(401, "INVALID_CREDENTIALS"); // as for anybody unknown
        bed.Clock.Advance(PasswordProof.FreshSignIn); // a browser left open is no door either
        await (await http.PutAsJsonAsync("/api/auth/password", new { currentPassword = "", newPassword = "a password of mine" })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.PutAsJsonAsync("/api/auth/me", new { email = "other@example.com", currentPassword = "x" })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.GetAsync("/api/auth/me")).DataAsync(); // and otherwise it is an account as any
    }

    [Fact]
    public async Task An_account_without_a_password_is_deleted_by_whoever_has_just_signed_in()
    {
        var login = Login();
        using var browser = bed.Browser();
        await browser.SignInAsync("github", new { login });
        using var early = bed.Server.ClientWith(await TokenAsync(browser));
        bed.Clock.Advance(PasswordProof.FreshSignIn);
        await (await DeleteAsync(early)).FaultAsync(403, "SSO_REQUIRED");

        await browser.SignInAsync("github", new { login });
        using var fresh = bed.Server.ClientWith(await TokenAsync(browser));
        await (await DeleteAsync(fresh)).DataAsync();

        Assert.Equal(0L, await TestDatabase.ExecuteAsync(bed.Server, $"SELECT count(*) FROM accounts.users WHERE email = '{login}@example.com'"));

        static Task<HttpResponseMessage> DeleteAsync(HttpClient http) =>
            http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = "" }) });
    }

    [Fact]
    public async Task Whoever_has_a_second_factor_shows_it_this_way_as_well()
    {
        var login = Login();
        using (var first = bed.Browser()) await first.SignInAsync("github", new { login });
        await using var server = await bed.StartAsync(adjust: b => b.Services.AddSingleton<ISecondFactor, Code246>(), sharing: bed.Server);
        using var browser = bed.Browser(server);

        Assert.Equal("code", (await browser.SignInAsync("github", new { login })).Step);
        Assert.DoesNotContain(browser.Cookies, c => c.Name == RefreshCookie.PlainName);
        await (await browser.PostAsync("/api/auth/oauth/code", new { code = "135" })).FaultAsync(403, "FORBIDDEN");
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/oauth/code", new { code = "246" })).FaultAsync(403, "CSRF_FAILED");
        using (var elsewhere = bed.Browser(server)) await (await elsewhere.PostAsync("/api/auth/oauth/code", new { code = "246" })).FaultAsync(400, "OAUTH_LINK_INVALID");
        var entered = await (await browser.PostAsync("/api/auth/oauth/code", new { code = "246" })).DataAsync();

        Assert.Equal($"{login}@example.com", entered.GetProperty("user").GetProperty("email").GetString());
        Assert.Contains(browser.Cookies, c => c.Name == RefreshCookie.PlainName);
        await (await browser.PostAsync("/api/auth/oauth/code", new { code = "246" })).FaultAsync(400, "OAUTH_LINK_INVALID");
    }

    [Fact]
    public async Task Nothing_secret_is_kept_of_a_trip()
    {
        using var browser = bed.Browser();
        using var start = await browser.GetAsync("/api/auth/oauth/google/start");
        var query = QueryHelpers.ParseQuery(start.Headers.Location!.Query);
        var cookie = browser.Cookies.Single().Value;

        var kept = (string)(await TestDatabase.ExecuteAsync(bed.Server, "SELECT string_agg(t::text, ' ') FROM accounts.oauth_trips t"))!;

        Assert.All([cookie, query["state"].ToString(), query["nonce"].ToString()], secret => Assert.DoesNotContain(secret, kept, StringComparison.Ordinal));
    }

    private static string Login() => $"person{Interlocked.Increment(ref _people)}";

    private static async Task<string> TokenAsync(Browser browser) => (await browser.EnterAsync()).GetProperty("accessToken").GetString()!;

    private sealed class Code246 : ISecondFactor
    {
        public Task<Fault?> CheckAsync(UserRow user, string? code, Client client, CancellationToken ct) =>
            Task.FromResult(code == "246" ? null : new Fault(FaultCodes.Forbidden));
    }
}
