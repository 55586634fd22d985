using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.Clerk;

/// <summary>People who come with a session of Clerk's, and what Clerk says of them later; against a simulated Clerk.</summary>
public sealed class ClerkTests : IAsyncLifetime
{
    private static int _subjects;
    private readonly ManualTime _clock = new();
    private readonly SimulatorHost _clerk;
    private TestServer _server = null!;

    public ClerkTests() => _clerk = new SimulatorHost(_clock);

    public async ValueTask InitializeAsync()
    {
        await _clerk.InitializeAsync();
        _server = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _clerk.DisposeAsync();
    }

    [Fact]
    public async Task A_session_of_Clerks_is_a_user_here_from_first_sight_on()
    {
        var sub = Subject();
        await KeepAsync(User(sub));

        var first = await MeAsync(await MintAsync(new { sub }));
        var second = await MeAsync(await MintAsync(new { sub, sid = "sess_another" }));

        Assert.Equal(first.GetProperty("id").GetGuid(), second.GetProperty("id").GetGuid());
        Assert.Equal(($"{sub}@example.com", true, "Ada"), (Text(first, "email"), first.GetProperty("emailVerified").GetBoolean(), Text(first, "firstName")));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.identities WHERE subject = '{sub}' AND provider = 'clerk'"));
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, "SELECT count(*) FROM accounts.sessions"));
    }

    [Fact]
    public async Task Twenty_first_sights_at_once_are_one_user()
    {
        var token = await MintAsync(new { sub = Subject() });

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await MeAsync(token)).GetProperty("id").GetGuid()));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Clerk_being_away_keeps_nobody_out_and_sync_makes_up_for_it()
    {
        var sub = Subject();
        await KeepAsync(User(sub));
        await _clerk.FaultsAsync(new { path = $"/clerk/v1/users/{sub}", failStatus = 503, failTimes = 1 });
        var token = await MintAsync(new { sub });

        Assert.Equal($"{sub}@clerk.invalid", Text(await MeAsync(token), "email"));
        using var http = _server.ClientWith(token);
        var synced = await (await http.PostAsync("/api/user/sync", null)).DataAsync();

        Assert.Equal($"{sub}@example.com", Text(synced, "email"));
        var own = await _server.CreateUserAsync();
        Assert.Equal(own.Email, Text(await (await own.Http.PostAsync("/api/user/sync", null)).DataAsync(), "email")); // nothing to ask anybody about
    }

    /// <summary>S01–S08 by Clerk's tokens; each beside one that passes.</summary>
    [Theory]
    [InlineData("fault", "alg_none")]
    [InlineData("fault", "hs256")]
    [InlineData("fault", "foreign_key")]
    [InlineData("fault", "unknown_kid")]
    [InlineData("iss", "https://clerk.example.com")]
    [InlineData("azp", "https://attacker.example")]
    [InlineData("azp", 7)]
    [InlineData("sts", "pending")]
    [InlineData("sub", "")]
    [InlineData("sub", null)]
    [InlineData("sid", null)]
    [InlineData("exp", null)]
    public async Task A_token_that_is_not_quite_right_is_none(string member, object? value)
    {
        var good = new Dictionary<string, object?> { ["sub"] = Subject() };
        await (await WithAsync(await MintAsync(new Dictionary<string, object?>(good) { [member] = value }))).FaultAsync(401, "INVALID_TOKEN");
        Assert.Equal(HttpStatusCode.OK, (await WithAsync(await MintAsync(good))).StatusCode);
    }

    [Fact]
    public async Task S06_a_token_lives_a_minute_and_ten_seconds()
    {
        var token = await MintAsync(new { sub = Subject() });

        _clock.Advance(TimeSpan.FromSeconds(69));
        Assert.Equal(HttpStatusCode.OK, (await WithAsync(token)).StatusCode);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await (await WithAsync(token)).FaultAsync(401, "TOKEN_EXPIRED");
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await (await WithAsync(await MintAsync(new { sub = Subject(), nbf = now + 11 }))).FaultAsync(401, "INVALID_TOKEN");
        await (await WithAsync(await MintAsync(new { sub = Subject(), exp = now + 601 }))).FaultAsync(401, "INVALID_TOKEN");
    }

    [Fact]
    public async Task Only_pages_of_ours_may_obtain_tokens_for_us()
    {
        var home = _server.Address.ToString().TrimEnd('/');
        Assert.Equal(HttpStatusCode.OK, (await WithAsync(await MintAsync(new { sub = Subject(), azp = home }))).StatusCode);
        await using var strict = await StartAsync("--Clerk:AuthorizedParties", "https://app.example.com");

        await (await WithAsync(await MintAsync(new { sub = Subject() }), strict)).FaultAsync(401, "INVALID_TOKEN");
        await (await WithAsync(await MintAsync(new { sub = Subject(), azp = home }), strict)).FaultAsync(401, "INVALID_TOKEN");
        Assert.Equal(HttpStatusCode.OK, (await WithAsync(await MintAsync(new { sub = Subject(), azp = "https://app.example.com" }), strict)).StatusCode);
    }

    [Fact]
    public async Task Where_Clerk_is_not_set_up_its_tokens_are_none()
    {
        await using var plain = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(_clock));

        await (await WithAsync(await MintAsync(new { sub = Subject() }), plain)).FaultAsync(401, "INVALID_TOKEN");
        Assert.DoesNotContain(await _clerk.BookAsync(), call => call.Path.EndsWith("jwks.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_of_somebody_else_here_is_not_taken_over()
    {
        var owner = await _server.CreateUserAsync();
        var sub = Subject();
        await KeepAsync(User(sub, email: owner.Email));

        var me = await MeAsync(await MintAsync(new { sub }));

        Assert.NotEqual(owner.Id, me.GetProperty("id").GetGuid());
        Assert.Equal($"{sub}@clerk.invalid", Text(me, "email"));
    }

    [Fact]
    public async Task Notices_make_and_change_users_and_an_older_one_changes_nothing()
    {
        var sub = Subject();
        Assert.Equal("200", await SendAsync("user.updated", User(sub, first: "Newer", updated: 2000)));
        Assert.Equal("200", await SendAsync("user.created", User(sub, first: "Older", updated: 1000)));
        var token = await MintAsync(new { sub });
        Assert.Equal("Newer", Text(await MeAsync(token), "firstName"));

        await SendAsync("user.updated", User(sub, first: "Newest", email: $"{sub}@elsewhere.example", updated: 3000));
        Assert.Equal(("Newest", $"{sub}@elsewhere.example"), (Text(await MeAsync(token), "firstName"), Text(await MeAsync(token), "email")));
        await SendAsync("user.updated", User(sub, first: "Unverified", email: "x@elsewhere.example", verified: false, updated: 4000));
        Assert.Equal($"{sub}@elsewhere.example", Text(await MeAsync(token), "email"));
    }

    [Fact]
    public async Task A_ban_closes_the_account_and_its_end_opens_it_again()
    {
        var sub = Subject();
        var token = await MintAsync(new { sub });
        await MeAsync(token);

        await SendAsync("user.updated", User(sub, banned: true, updated: 2000));
        await (await WithAsync(token)).FaultAsync(401, "INVALID_TOKEN");
        await SendAsync("user.updated", User(sub, banned: false, updated: 3000));
        Assert.Equal(HttpStatusCode.OK, (await WithAsync(token)).StatusCode);
    }

    [Fact]
    public async Task Whom_Clerk_deleted_does_not_come_back()
    {
        var (sub, never) = (Subject(), Subject());
        var token = await MintAsync(new { sub });
        var me = await MeAsync(token);

        Assert.Equal("200 200", await SendAsync("user.deleted", new { id = sub, @object = "user", deleted = true }, times: 2));
        Assert.Equal("200", await SendAsync("user.deleted", new { id = never, @object = "user", deleted = true }));
        Assert.Equal("200", await SendAsync("user.updated", User(sub, updated: 9_000_000_000_000)));

        await (await WithAsync(token)).FaultAsync(401, "INVALID_TOKEN");
        await (await WithAsync(await MintAsync(new { sub = never }))).FaultAsync(401, "INVALID_TOKEN");
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.identities WHERE subject IN ('{sub}', '{never}')"));
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.users WHERE id = '{me.GetProperty("id").GetGuid()}'"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM operations.audit WHERE action = 'account.deleted' AND subject_id = '{me.GetProperty("id").GetGuid()}'"));
    }

    /// <summary>S40.</summary>
    [Fact]
    public async Task S40_a_notice_counts_once_and_one_that_nobody_needs_is_answered()
    {
        var sub = Subject();
        var id = $"msg_{sub}";
        Assert.Equal("200 200 200 200 200", await SendAsync("user.created", User(sub), times: 5, id: id));
        Assert.Equal("200", await SendAsync("user.deleted", new { id = sub }, id: id)); // the same id again, whatever it says

        Assert.Equal(1L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.identities WHERE subject = '{sub}'"));
        Assert.Equal("200", await SendAsync("organizationMembership.created", new { id = "x" }));
        Assert.Equal("200", await SendAsync("user.created", new { nothing = "known" }));
    }

    /// <summary>S37–S39, S41.</summary>
    [Fact]
    public async Task S37_S41_what_Clerk_did_not_sign_changes_nothing()
    {
        var sub = Subject();
        Assert.Equal("400", await SendAsync("user.created", User(sub), forged: true));
        Assert.Equal("400", await SendAsync("user.created", User(sub), age: 301));
        Assert.Equal("400", await SendAsync("user.created", User(sub), age: -301));
        Assert.Equal("200", await SendAsync("organization.created", new { }, age: 300));
        await (await _server.Anonymous.PostAsJsonAsync("/api/webhooks/clerk", new { type = "user.created", data = User(sub) })).FaultAsync(400, "SIGNATURE_INVALID");
        await using var unset = await TestServer.StartAsync();
        await (await unset.Anonymous.PostAsJsonAsync("/api/webhooks/clerk", new { })).FaultAsync(503, "WEBHOOK_NOT_CONFIGURED");
        using var packed = new StringContent("{}");
        packed.Headers.ContentEncoding.Add("gzip");
        await (await _server.Anonymous.PostAsync("/api/webhooks/clerk", packed)).FaultAsync(415, "UNSUPPORTED_MEDIA_TYPE");
        using var huge = new StringContent(new string('x', 2_000_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _server.Anonymous.PostAsync("/api/webhooks/clerk", huge)).StatusCode);

        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.clerk_users WHERE subject = '{sub}'"));
    }

    private Task<TestServer> StartAsync(params string[] settings)
    {
        var address = _clerk.Http.BaseAddress!.ToString().TrimEnd('/');
        return TestServer.StartAsync(
            [
                "--Outbound:AllowedHosts", _clerk.Host, "--Clerk:Issuer", $"{address}/clerk", "--Clerk:ApiUrl", $"{address}/clerk", "--Clerk:SecretKey", "sk_test_simulated",
                "--Clerk:WebhookSigningSecret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .. settings,
            ],
            b => b.Services.AddSingleton<TimeProvider>(_clock));
    }

    private async Task<string> MintAsync(object claims)
    {
        using var answer = await _clerk.Http.PostAsJsonAsync("/clerk/__mint", claims);
        return Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "jwt");
    }

    private async Task KeepAsync(object user) => (await _clerk.Http.PostAsJsonAsync("/clerk/__users", user)).EnsureSuccessStatusCode();

    /// <returns>The statuses answered, a space between.</returns>
    private async Task<string> SendAsync(string type, object data, int times = 1, string? id = null, int age = 0, bool forged = false)
    {
        using var answer = await _clerk.Http.PostAsJsonAsync("/clerk/__send", new { url = new Uri(_server.Address, "/api/webhooks/clerk"), type, data, times, id, ageSeconds = age, forged });
        return string.Join(' ', (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray().Select(s => s.GetInt32()));
    }

    private async Task<HttpResponseMessage> WithAsync(string token, TestServer? server = null) => await (server ?? _server).ClientWith(token).GetAsync("/api/auth/me");

    private async Task<JsonElement> MeAsync(string token) => await (await WithAsync(token)).DataAsync();

    private static object User(string sub, string first = "Ada", string? email = null, bool verified = true, bool banned = false, long updated = 1000) => new
    {
        id = sub, @object = "user", username = (string?)null, first_name = first, last_name = "L", primary_email_address_id = "idn_1",
        email_addresses = new object[]
        {
            new { id = "idn_0", email_address = "other@example.com", verification = new { status = "verified" } },
            new { id = "idn_1", email_address = email ?? $"{sub}@example.com", verification = new { status = verified ? "verified" : "unverified" } },
        },
        banned, updated_at = updated,
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string Subject() => $"user_{Interlocked.Increment(ref _subjects)}x";
}
