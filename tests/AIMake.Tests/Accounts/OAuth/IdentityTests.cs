using System.Net.Http.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.OAuth;

/// <summary>Identities of a signed-in user: linked, listed, unlinked.</summary>
public sealed class IdentityTests(OAuthBed bed) : IClassFixture<OAuthBed>
{
    [Fact]
    public async Task A_signed_in_user_links_another_way_in_and_uses_it()
    {
        var user = await bed.Server.CreateUserAsync();
        using var browser = bed.Browser();

        var landed = await LinkAsync(browser, user, "linker");

        Assert.Equal("/account", landed.Path);
        var identity = Assert.Single(await ListAsync(user));
        Assert.Equal(("github", "GitHub", "linker"), (Text(identity, "provider"), Text(identity, "displayName"), Text(identity, "label")));
        await browser.SignInAsync("github", new { login = "linker" });
        Assert.Equal(user.Id, (await browser.EnterAsync()).GetProperty("user").GetProperty("id").GetGuid());
        Assert.Equal("/account", (await LinkAsync(browser, user, "linker")).Path); // once more changes nothing
        Assert.Single(await ListAsync(user));
    }

    [Fact]
    public async Task An_identity_belongs_to_one_account()
    {
        var (first, second) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        using var browser = bed.Browser();
        await LinkAsync(browser, first, "shared");

        Assert.Equal("IDENTITY_TAKEN", (await LinkAsync(browser, second, "shared")).Error);
        Assert.Empty(await ListAsync(second));
    }

    [Fact]
    public async Task Linking_does_not_go_by_the_address()
    {
        var (first, second) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        using var browser = bed.Browser();

        var started = await (await browser.PostAsync("/api/auth/oauth/google/link", new { returnTo = "/keys" }, second.AccessToken)).DataAsync();
        var landed = await browser.ComeBackAsync(await browser.DecideAsync(new Uri(Text(started, "url")), new { login = "addressed", email = first.Email, verified = "true" }));

        Assert.Equal("/keys", landed.Path);
        Assert.Single(await ListAsync(second));
        Assert.Empty(await ListAsync(first));
    }

    [Fact]
    public async Task It_can_be_unlinked_while_another_way_in_is_left()
    {
        var user = await bed.Server.CreateUserAsync();
        var stranger = await bed.Server.CreateUserAsync();
        using var browser = bed.Browser();
        await LinkAsync(browser, user, "leaver");
        var id = Text((await ListAsync(user)).Single(), "id");

        await (await stranger.Http.DeleteAsync($"/api/auth/identities/{id}")).FaultAsync(404, "NOT_FOUND");
        await (await user.Http.DeleteAsync($"/api/auth/identities/{id}")).DataAsync();
        await (await user.Http.DeleteAsync($"/api/auth/identities/{id}")).FaultAsync(404, "NOT_FOUND");
        Assert.Empty(await ListAsync(user));
    }

    [Fact]
    public async Task The_last_way_in_stays_also_when_two_are_unlinked_at_once()
    {
        using var browser = bed.Browser();
        await browser.SignInAsync("github", new { login = "sole" });
        var token = Text(await browser.EnterAsync(), "accessToken");
        using var http = bed.Server.ClientWith(token);
        var only = Text((await ListAsync(http)).Single(), "id");
        await (await http.DeleteAsync($"/api/auth/identities/{only}")).FaultAsync(409, "LAST_WAY_IN");
        Assert.Single(await ListAsync(http));

        var started = await (await browser.PostAsync("/api/auth/oauth/google/link", new { }, token)).DataAsync();
        await browser.ComeBackAsync(await browser.DecideAsync(new Uri(Text(started, "url")), new { login = "sole" }));
        var both = (await ListAsync(http)).Select(i => Text(i, "id")).ToArray();
        Assert.Equal(2, both.Length);
        var statuses = await Task.WhenAll(both.Select(async id => (int)(await http.DeleteAsync($"/api/auth/identities/{id}")).StatusCode));

        Assert.Equal([200, 409], statuses.Order());
        Assert.Single(await ListAsync(http));
    }

    [Fact]
    public async Task A_deleted_account_takes_its_identities_along_and_the_person_may_come_anew()
    {
        var user = await bed.Server.CreateUserAsync();
        using var browser = bed.Browser();
        await LinkAsync(browser, user, "again");
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) };
        await (await user.Http.SendAsync(request)).DataAsync();

        await browser.SignInAsync("github", new { login = "again" });

        Assert.NotEqual(user.Id, (await browser.EnterAsync()).GetProperty("user").GetProperty("id").GetGuid());
    }

    private static async Task<Landed> LinkAsync(Browser browser, TestUser user, string login)
    {
        var started = await (await browser.PostAsync("/api/auth/oauth/github/link", new { }, user.AccessToken)).DataAsync();
        return await browser.ComeBackAsync(await browser.DecideAsync(new Uri(Text(started, "url")), new { login }));
    }

    private static Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(TestUser user) => ListAsync(user.Http);

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(HttpClient http) =>
        [.. (await (await http.GetAsync("/api/auth/identities")).DataAsync()).GetProperty("items").EnumerateArray()];

    private static string Text(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
