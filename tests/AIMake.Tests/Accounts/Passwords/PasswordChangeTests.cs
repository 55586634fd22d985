using System.Net.Http.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Passwords;

public sealed class PasswordChangeTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Fresh = "a new and better one";

    [Fact]
    public async Task A_change_ends_the_other_sessions_and_every_older_token()
    {
        var user = await server.CreateUserAsync();
        var data = await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).DataAsync();
        using var elsewhere = server.ClientWith(data.GetProperty("accessToken").GetString()!);

        var fresh = await (await ChangeAsync(user, user.Password, Fresh)).DataAsync();

        await (await elsewhere.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN"); // a copy of it may be elsewhere
        using var client = server.ClientWith(fresh.GetProperty("accessToken").GetString()!);
        Assert.Single((await (await client.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items").EnumerateArray());
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).FaultAsync(401, "INVALID_CREDENTIALS");
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = Fresh })).DataAsync();
    }

    [Fact]
    public async Task The_session_that_changed_it_goes_on_by_its_cookie()
    {
        var user = await server.CreateUserAsync();
        await ChangeAsync(user, user.Password, Fresh);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
        request.Headers.Add("Cookie", user.Cookie);
        request.Headers.Add("X-Requested-With", "test");

        await (await server.Anonymous.SendAsync(request)).DataAsync();
    }

    [Fact]
    public async Task It_needs_the_present_one_and_a_good_one()
    {
        var user = await server.CreateUserAsync();

        Assert.Equal("currentPassword", (await (await ChangeAsync(user, "wrong password", Fresh)).FaultAsync(403, "PASSWORD_WRONG")).GetProperty("field").GetString());
        Assert.Equal("newPassword", (await (await ChangeAsync(user, user.Password, "short")).FaultAsync(400, "PASSWORD_LENGTH")).GetProperty("field").GetString());
        await (await ChangeAsync(user, user.Password, "password123")).FaultAsync(400, "PASSWORD_COMMON");
        await (await ChangeAsync(user, user.Password, user.Email)).FaultAsync(400, "PASSWORD_COMMON");
        await (await user.Http.GetAsync("/api/auth/me")).DataAsync(); // nothing has changed
    }

    [Fact]
    public async Task Of_several_changes_at_once_one_counts()
    {
        var user = await server.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ChangeAsync(user, user.Password, $"{Fresh} {i}")));

        Assert.Equal(1, answers.Count(a => a.IsSuccessStatusCode));
    }

    private static Task<HttpResponseMessage> ChangeAsync(TestUser user, string currentPassword, string newPassword) =>
        user.Http.PutAsJsonAsync("/api/auth/password", new { currentPassword, newPassword });
}
