using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Database;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Operations.Members;

public sealed class AdminUserTests : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private TestServer _server = null!;
    private TestUser _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(_clock), map: GateRoutes.Map);
        _admin = await _server.CreateAdminAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Users_are_found_by_part_of_a_name_or_an_address_by_rank_and_by_status()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var first = await _server.CreateUserAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        var second = await _server.CreateUserAsync();
        await ChangeAsync(second, new { status = "disabled" });

        Assert.Equal([first.Id], await IdsAsync($"q={first.Username[..^1]}{first.Username[^1]}&status=active"));
        Assert.Equal([second.Id], await IdsAsync($"q={second.Email.ToUpperInvariant()}"));
        Assert.Equal([_admin.Id], await IdsAsync("role=admin"));
        Assert.Equal([second.Id], await IdsAsync("status=disabled"));
        Assert.Empty(await IdsAsync("q=%25"));
        var page = await (await _admin.Http.GetAsync("/api/admin/users?limit=2")).DataAsync();
        Assert.Equal([second.Id, first.Id], Ids(page));
        Assert.Equal([_admin.Id], await IdsAsync($"limit=2&cursor={page.GetProperty("nextCursor").GetString()}"));
        await (await _admin.Http.GetAsync("/api/admin/users?role=king")).FaultAsync(400, "FIELD_INVALID");
    }

    [Fact]
    public async Task What_is_shown_of_a_user_is_exactly_this()
    {
        var user = await _server.CreateUserAsync();

        var details = await (await _admin.Http.GetAsync($"/api/admin/users/{user.Id}")).DataAsync();

        Assert.Equal(["user", "plan", "credits"], details.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["id", "username", "email", "emailVerified", "role", "status", "secondFactor", "sessions", "keys", "createdAt", "lastLoginAt"],
            details.GetProperty("user").EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, details.GetProperty("user").GetProperty("sessions").GetInt32());
        await (await _admin.Http.GetAsync($"/api/admin/users/{Guid.CreateVersion7()}")).FaultAsync(404, "NOT_FOUND");
    }

    [Fact]
    public async Task A_ban_shuts_every_door_within_five_seconds_and_can_be_lifted()
    {
        var user = await _server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat", "account:read");
        using var program = _server.ClientWith(key);
        await (await program.GetAsync("/api/user")).DataAsync();
        await using var other = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(_clock), sharing: _server);
        using var elsewhere = other.ClientWith(user.AccessToken);
        await (await elsewhere.GetAsync("/api/auth/me")).DataAsync();

        await ChangeAsync(user, new { status = "disabled" });
        _clock.Advance(CallerStates.MaxAge);

        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await elsewhere.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await program.GetAsync("/api/user")).FaultAsync(401, "INVALID_API_KEY");
        await (await LoginAsync(user)).FaultAsync(403, "ACCOUNT_DISABLED");
        using var refresh = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
        refresh.Headers.Add("Cookie", user.Cookie);
        refresh.Headers.Add("X-Requested-With", "test");
        await (await _server.Anonymous.SendAsync(refresh)).FaultAsync(401, "REFRESH_INVALID");

        await ChangeAsync(user, new { status = "active" });
        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN"); // what was ended stays ended
        await (await LoginAsync(user)).DataAsync();
    }

    [Fact]
    public async Task A_rank_is_given_and_taken_and_both_are_written_down()
    {
        var user = await _server.CreateUserAsync();
        await (await user.Http.GetAsync("/test/admin")).FaultAsync(403, "FORBIDDEN");

        await ChangeAsync(user, new { role = "admin" });
        Assert.True((await user.Http.GetAsync("/test/admin")).IsSuccessStatusCode);
        await ChangeAsync(user, new { role = "premium" });
        await (await user.Http.GetAsync("/test/admin")).FaultAsync(403, "FORBIDDEN");

        var entries = (await (await _admin.Http.GetAsync($"/api/admin/audit?action=role.changed&subject={user.Id}")).DataAsync()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([("admin", "premium"), ("user", "admin")], entries.OrderBy(e => e.GetProperty("detail").GetProperty("from").GetString()).Select(e => (e.GetProperty("detail").GetProperty("from").GetString()!, e.GetProperty("detail").GetProperty("to").GetString()!)));
        Assert.All(entries, e => Assert.Equal(_admin.Username, e.GetProperty("actor").GetProperty("username").GetString()));
    }

    [Theory]
    [InlineData("{\"role\":\"user\"}")]
    [InlineData("{\"status\":\"disabled\"}")]
    public async Task The_last_admin_stays_one(string change)
    {
        var banned = await _server.CreateUserAsync();
        await ChangeAsync(banned, new { role = "admin", status = "disabled" }); // one who cannot come in runs nothing
        using var body = new StringContent(change, System.Text.Encoding.UTF8, "application/json");

        await (await _admin.Http.PutAsync($"/api/admin/users/{_admin.Id}", body)).FaultAsync(409, "LAST_ADMIN");
    }

    [Fact]
    public async Task Two_admins_who_demote_each_other_at_once_leave_one()
    {
        var other = await _server.CreateUserAsync();
        await ChangeAsync(other, new { role = "admin" });

        await Task.WhenAll(
            _admin.Http.PutAsJsonAsync($"/api/admin/users/{other.Id}", new { role = "user" }),
            other.Http.PutAsJsonAsync($"/api/admin/users/{_admin.Id}", new { role = "user" }));

        Assert.Equal(1L, await TestDatabase.ExecuteAsync(_server, "SELECT count(*) FROM accounts.users WHERE role = 'admin'"));
    }

    [Fact]
    public async Task Credits_are_given_and_taken_with_a_reason_once_for_each_key()
    {
        var user = await _server.CreateUserAsync();
        var before = await RemainingAsync(user);

        Assert.Equal(250.5m, (await (await AdjustAsync(user, new { amount = 250.5m, reason = "An apology" }, "apology-1")).DataAsync()).GetProperty("changed").GetDecimal());
        Assert.Equal(0m, (await (await AdjustAsync(user, new { amount = 250.5m, reason = "An apology" }, "apology-1")).DataAsync()).GetProperty("changed").GetDecimal());
        await (await AdjustAsync(user, new { amount = 1m, reason = "An apology" }, "apology-1")).FaultAsync(422, "IDEMPOTENCY_KEY_REUSED");
        Assert.Equal(before + 250.5m, await RemainingAsync(user));
        Assert.Equal(-50m, (await (await AdjustAsync(user, new { amount = -50m, reason = "Too much" })).DataAsync()).GetProperty("changed").GetDecimal());
        Assert.Equal(before + 200.5m, await RemainingAsync(user));
        var all = (await (await AdjustAsync(user, new { amount = -1_000_000m, reason = "All of it" })).DataAsync()).GetProperty("changed").GetDecimal();
        Assert.Equal((-(before + 200.5m), 0m), (all, await RemainingAsync(user)));

        var entry = (await (await _admin.Http.GetAsync($"/api/admin/audit?action=credits.adjusted&subject={user.Id}")).DataAsync()).GetProperty("items").EnumerateArray()
            .Single(e => e.GetProperty("detail").GetProperty("reason").GetString() == "An apology");
        Assert.Equal("250.5", entry.GetProperty("detail").GetProperty("moved").GetString());
        await LedgerAssert.CleanAsync(_server.ConnectionString);
    }

    [Theory]
    [InlineData("{\"amount\":0,\"reason\":\"x\"}", "FIELD_OUT_OF_RANGE")]
    [InlineData("{\"amount\":9000000000000,\"reason\":\"x\"}", "FIELD_OUT_OF_RANGE")]
    [InlineData("{\"amount\":1,\"reason\":\"\"}", "FIELD_INVALID")]
    [InlineData("{\"amount\":1,\"reason\":\"a\\nb\"}", "FIELD_INVALID")]
    [InlineData("{\"amount\":1}", "FIELD_REQUIRED")]
    [InlineData("{\"amount\":\"1\",\"reason\":\"x\"}", "FIELD_INVALID")]
    [InlineData("{\"amount\":1,\"reason\":\"x\",\"userId\":\"x\"}", "UNKNOWN_FIELD")]
    public async Task An_adjustment_that_is_none_changes_nothing(string body, string code)
    {
        var user = await _server.CreateUserAsync();
        var before = await RemainingAsync(user);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        await (await _admin.Http.PostAsync($"/api/admin/users/{user.Id}/credits", content)).FaultAsync(400, code);

        Assert.Equal(before, await RemainingAsync(user));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task What_was_given_or_taken_is_in_the_balance_that_is_answered(int amount)
    {
        var user = await _server.CreateUserAsync();
        var before = await RemainingAsync(user);

        var answer = await (await AdjustAsync(user, new { amount, reason = "a mistake of ours" })).DataAsync();

        Assert.Equal(before + amount, answer.GetProperty("credits").GetProperty("remaining").GetDecimal());
    }

    [Fact]
    public async Task The_rank_follows_the_plan_and_an_admin_stays_one()
    {
        var user = await _server.CreateUserAsync();
        await FollowAsync(user.Id, "pro");
        Assert.Equal("premium", (await (await user.Http.GetAsync("/api/auth/me")).DataAsync()).GetProperty("role").GetString());
        await FollowAsync(user.Id, "free");
        Assert.Equal("user", (await (await user.Http.GetAsync("/api/auth/me")).DataAsync()).GetProperty("role").GetString());
        await FollowAsync(_admin.Id, "pro");
        Assert.Equal("admin", (await (await _admin.Http.GetAsync("/api/auth/me")).DataAsync()).GetProperty("role").GetString());
    }

    private Task FollowAsync(Guid user, string plan) => _server.Services.GetRequiredService<AIMake.Platform.Database.Database>()
        .TransactAsync(DbPurpose.Hot, s => _server.Services.GetRequiredService<PlanRole>().FollowAsync(s, user, plan, default), default);

    private async Task ChangeAsync(TestUser user, object change) => await (await _admin.Http.PutAsJsonAsync($"/api/admin/users/{user.Id}", change)).DataAsync();

    private async Task<HttpResponseMessage> AdjustAsync(TestUser user, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/users/{user.Id}/credits") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _admin.Http.SendAsync(request);
    }

    private async Task<decimal> RemainingAsync(TestUser user) =>
        (await (await _admin.Http.GetAsync($"/api/admin/users/{user.Id}")).DataAsync()).GetProperty("credits").GetProperty("remaining").GetDecimal();

    private Task<HttpResponseMessage> LoginAsync(TestUser user) => _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password });

    private async Task<Guid[]> IdsAsync(string query) => Ids(await (await _admin.Http.GetAsync($"/api/admin/users?{query}")).DataAsync());

    private static Guid[] Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(u => u.GetProperty("id").GetGuid())];
}
