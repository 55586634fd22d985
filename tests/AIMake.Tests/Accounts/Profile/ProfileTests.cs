using System.Net.Http.Json;
using System.Text;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Profile;

public sealed class ProfileTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_user_changes_what_is_theirs_and_the_rest_stays()
    {
        var user = await server.CreateUserAsync();

        await (await PutAsync(user, """{"firstName":"小龙","lastName":"李","avatar":"https://img.example.com/a.png?x=1","preferences":{"theme":"dark"}}""")).DataAsync();
        var me = await (await PutAsync(user, """{"lastName":"Lee","preferences":{"language":"zh-CN","notifications":false}}""")).DataAsync();

        Assert.Equal("小龙", me.GetProperty("firstName").GetString());
        Assert.Equal("Lee", me.GetProperty("lastName").GetString());
        Assert.Equal("https://img.example.com/a.png?x=1", me.GetProperty("avatar").GetString());
        Assert.Equal("dark zh-CN False", $"{me.GetProperty("preferences").GetProperty("theme")} {me.GetProperty("preferences").GetProperty("language")} {me.GetProperty("preferences").GetProperty("notifications").GetBoolean()}");
        Assert.Equal(user.Username, me.GetProperty("username").GetString());
    }

    [Fact]
    public async Task An_empty_text_clears()
    {
        var user = await server.CreateUserAsync();
        await PutAsync(user, """{"firstName":"A","avatar":"https://img.example.com/a.png"}""");

        var me = await (await PutAsync(user, """{"firstName":"","avatar":""}""")).DataAsync();

        Assert.Equal(System.Text.Json.JsonValueKind.Null, me.GetProperty("firstName").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, me.GetProperty("avatar").ValueKind);
    }

    [Theory]
    [InlineData("role", "\"admin\"")]
    [InlineData("status", "\"active\"")]
    [InlineData("credits", "1000000")]
    [InlineData("id", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("teamId", "\"x\"")]
    [InlineData("passwordHash", "\"x\"")]
    [InlineData("password_hash", "\"x\"")]
    [InlineData("securityEpoch", "99")]
    [InlineData("ssoEnforced", "false")]
    [InlineData("subscription", "{\"plan\":\"pro\"}")]
    [InlineData("createdAt", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("__proto__", "{}")]
    public async Task What_is_not_theirs_to_change_is_no_field_and_changes_nothing(string name, string value)
    {
        var user = await server.CreateUserAsync();
        var before = await RowAsync(user);

        await (await PutAsync(user, $$"""{"firstName":"changed","{{name}}":{{value}}}""")).FaultAsync(400, "UNKNOWN_FIELD");

        Assert.Equal(before, await RowAsync(user));
    }

    [Theory]
    [InlineData("data:image/svg+xml,<svg onload=alert(1)>")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//img.example.com/a.png")]
    [InlineData("http://img.example.com/a.png")]
    [InlineData("/a.png")]
    [InlineData("https://")]
    [InlineData("https://user:pass@img.example.com/a.png")]
    [InlineData("https://img.example.com/a b.png")]
    [InlineData("https://img.example.com/\"onerror=alert(1)")]
    [InlineData("HTTPS://img.example.com/a.png")]
    [InlineData(" https://img.example.com/a.png")]
    [InlineData("https://img.example.com/\u202Egnp.exe")]
    public async Task A_picture_is_an_https_address(string avatar)
    {
        var user = await server.CreateUserAsync();

        var fault = await (await user.Http.PutAsJsonAsync("/api/auth/me", new { avatar })).FaultAsync(400, "FIELD_INVALID");

        Assert.Equal("avatar", fault.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"preferences":{"theme":"blue"}}""", "FIELD_INVALID")]
    [InlineData("""{"preferences":{"theme":1}}""", "FIELD_INVALID")]
    [InlineData("""{"preferences":{"language":"fr"}}""", "FIELD_INVALID")]
    [InlineData("""{"preferences":{"colour":"red"}}""", "UNKNOWN_FIELD")]
    [InlineData("""{"preferences":{"notifications":"yes"}}""", "FIELD_INVALID")]
    [InlineData("""{"firstName":"line\nbreak"}""", "FIELD_INVALID")]
    [InlineData("""{"lastName":" x"}""", "FIELD_INVALID")]
    [InlineData("""{"username":"a b"}""", "FIELD_INVALID")]
    [InlineData("""{"email":"no address","currentPassword":"x"}""", "FIELD_INVALID")]
    public async Task Values_nobody_can_use_are_refused(string json, string code) =>
        await (await PutAsync(await server.CreateUserAsync(), json)).FaultAsync(400, code);

    [Fact]
    public async Task A_name_that_is_taken_stays_with_its_owner()
    {
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());

        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { username = other.Username })).FaultAsync(409, "USERNAME_TAKEN");
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email = other.Email, currentPassword = user.Password })).FaultAsync(409, "EMAIL_TAKEN");
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { username = user.Username.ToUpperInvariant() })).DataAsync();
    }

    [Fact]
    public async Task Another_address_needs_the_password()
    {
        var user = await server.CreateUserAsync();
        var email = $"new-{user.Email}";

        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email })).FaultAsync(400, "FIELD_REQUIRED");
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email, currentPassword = "wrong password" })).FaultAsync(403, "PASSWORD_WRONG");
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email = user.Email })).DataAsync(); // the same one does not
        var me = await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email, currentPassword = user.Password })).DataAsync();

        Assert.Equal(email, me.GetProperty("email").GetString());
    }

    [Fact]
    public async Task A_profile_shows_exactly_these_members()
    {
        var user = await server.CreateUserAsync();

        var me = await (await user.Http.GetAsync("/api/auth/me")).DataAsync();
        var overview = await (await user.Http.GetAsync("/api/user")).DataAsync();

        Assert.Equal(
            ["id", "username", "email", "firstName", "lastName", "avatar", "preferences", "role", "status", "subscription", "createdAt", "emailVerified", "pendingEmail", "hasPassword"],
            me.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["profile", "plan", "credits"], overview.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["total", "used", "held", "remaining"], overview.GetProperty("credits").EnumerateObject().Select(p => p.Name));
        var session = (await (await user.Http.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items")[0];
        Assert.Equal(["id", "createdAt", "lastSeenAt", "expiresAt", "userAgent", "address", "current"], session.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task An_account_is_deleted_with_the_password_only_and_then_its_names_are_free()
    {
        var user = await server.CreateUserAsync();

        await (await DeleteAsync(user, "wrong password")).FaultAsync(403, "PASSWORD_WRONG");
        await (await DeleteAsync(user, user.Password)).DataAsync();

        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).FaultAsync(401, "INVALID_CREDENTIALS");
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/register", new { username = user.Username, email = user.Email, password = "correct horse", agreement = true })).DataAsync(201);
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM accounts.sessions WHERE user_id = '{user.Id}'"));
    }

    [Fact]
    public async Task The_only_admin_cannot_leave_but_one_of_two_can()
    {
        await using var own = await TestServer.StartAsync();
        var admin = await own.CreateAdminAsync();
        await (await DeleteAsync(admin, admin.Password)).FaultAsync(409, "LAST_ADMIN");

        var second = await own.CreateUserAsync();
        await TestDatabase.ExecuteAsync(own, $"UPDATE accounts.users SET role = 'admin' WHERE id = '{second.Id}'");

        await (await DeleteAsync(admin, admin.Password)).DataAsync();
    }

    [Fact]
    public async Task Guessing_the_password_with_a_stolen_token_is_slowed_down()
    {
        var user = await server.CreateUserAsync();
        for (var i = 0; i < 5; i++)
        {
            await (await DeleteAsync(user, "wrong password")).FaultAsync(403, "PASSWORD_WRONG");
        }

        await (await DeleteAsync(user, user.Password)).FaultAsync(429, "RATE_LIMITED");
    }

    private static Task<HttpResponseMessage> PutAsync(TestUser user, string json) =>
        user.Http.PutAsync("/api/auth/me", new StringContent(json, Encoding.UTF8, "application/json"));

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user, string password) =>
        user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password }) });

    private async Task<object?> RowAsync(TestUser user) =>
        await TestDatabase.ExecuteAsync(server, $"SELECT to_jsonb(u)::text FROM accounts.users u WHERE id = '{user.Id}'");
}
