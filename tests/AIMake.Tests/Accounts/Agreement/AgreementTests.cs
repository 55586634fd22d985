using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Accounts.OAuth;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Agreement;

/// <summary>Which version of the agreement was accepted, and what becomes of that when there is a new one.</summary>
public sealed class AgreementTests(OAuthBed bed) : IClassFixture<OAuthBed>
{
    private static readonly string[] Second =
    [
        "--Accounts:AgreementVersion", "2", "--Accounts:AgreementChanges", "Invoices by mail.", "--Accounts:AgreementChangesZh", "账单改为邮件发送。",
        "--Accounts:TermsUrl", "https://studio.example/terms", "--Accounts:PrivacyUrl", "",
    ];

    [Fact]
    public async Task Registration_accepts_the_version_in_force()
    {
        var user = await bed.Server.CreateUserAsync();

        var state = await StateAsync(user.Http);

        Assert.Equal(("1", "1", true), (Text(state, "version"), Text(state, "current"), state.GetProperty("upToDate").GetBoolean()));
        Assert.NotEqual(JsonValueKind.Null, state.GetProperty("acceptedAt").ValueKind);
        Assert.Equal("1", await DetailAsync(user.Id, "account.created", "agreement"));
    }

    [Fact]
    public async Task Whoever_is_about_to_make_an_account_can_read_what_it_agrees_to()
    {
        await using var later = await bed.StartAsync(Second, sharing: bed.Server);

        var texts = await (await later.Anonymous.GetAsync("/api/auth/agreement")).DataAsync();

        Assert.Equal(("2", "https://studio.example/terms"), (Text(texts, "version"), Text(texts, "termsUrl")));
        Assert.Equal(JsonValueKind.Null, texts.GetProperty("privacyUrl").ValueKind);
    }

    [Fact]
    public async Task A_new_version_is_asked_for_and_accepted_once_with_the_time_it_was()
    {
        var user = await bed.Server.CreateUserAsync();
        await using var later = await bed.StartAsync(Second, sharing: bed.Server);
        using var client = later.ClientWith(user.AccessToken);

        var asked = await StateAsync(client);
        Assert.Equal(("1", "2", false), (Text(asked, "version"), Text(asked, "current"), asked.GetProperty("upToDate").GetBoolean()));
        Assert.Equal(("Invoices by mail.", "https://studio.example/terms"), (Text(asked, "changes"), Text(asked, "termsUrl")));
        Assert.Equal(JsonValueKind.Null, asked.GetProperty("privacyUrl").ValueKind);

        await (await AcceptAsync(client, "1")).FaultAsync(409, "AGREEMENT_OUTDATED");
        bed.Clock.Advance(TimeSpan.FromMinutes(5));
        var accepted = await (await AcceptAsync(client, "2")).DataAsync();
        Assert.True(accepted.GetProperty("upToDate").GetBoolean());
        Assert.Equal(bed.Clock.GetUtcNow(), accepted.GetProperty("acceptedAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));

        bed.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await (await AcceptAsync(client, "2")).DataAsync();
        Assert.Equal(accepted.GetProperty("acceptedAt").GetString(), again.GetProperty("acceptedAt").GetString());
        Assert.Equal("2", await DetailAsync(user.Id, "agreement.accepted", "version"));
    }

    [Fact]
    public async Task What_is_new_is_told_in_the_language_asked_for()
    {
        var user = await bed.Server.CreateUserAsync();
        await using var later = await bed.StartAsync(Second, sharing: bed.Server);
        using var client = later.ClientWith(user.AccessToken);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        Assert.Equal("账单改为邮件发送。", Text(await StateAsync(client), "changes"));
    }

    [Fact]
    public async Task Whoever_came_through_another_service_has_accepted_none_and_is_refused_nothing_meanwhile()
    {
        using var browser = bed.Browser();
        await browser.SignInAsync("github", new { login = "unasked" });
        var entered = await browser.EnterAsync();
        using var client = bed.Server.ClientWith(Text(entered, "accessToken"));

        var state = await StateAsync(client);
        Assert.Equal(("", false), (Text(state, "version"), state.GetProperty("upToDate").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, state.GetProperty("acceptedAt").ValueKind);
        await (await client.GetAsync("/api/credits")).DataAsync();

        Assert.True((await (await AcceptAsync(client, "1")).DataAsync()).GetProperty("upToDate").GetBoolean());
        Assert.Equal("1", await DetailAsync(entered.GetProperty("user").GetProperty("id").GetGuid(), "agreement.accepted", "version"));
    }

    [Fact]
    public async Task An_address_that_would_run_in_our_pages_is_no_setting()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => bed.StartAsync(["--Accounts:TermsUrl", "javascript:alert(1)"]));

        Assert.Contains("must be an address that begins with https", refused.ToString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> StateAsync(HttpClient client) => await (await client.GetAsync("/api/user/agreement")).DataAsync();

    private static Task<HttpResponseMessage> AcceptAsync(HttpClient client, string version) => client.PostAsJsonAsync("/api/user/agreement", new { version });

    /// <summary>A fact of the one entry that the user's log has of a deed; a second entry is a fault.</summary>
    private async Task<object?> DetailAsync(Guid user, string action, string name) => await TestDatabase.ExecuteAsync(
        bed.Server, $"SELECT string_agg(detail ->> '{name}', ',') FROM operations.audit WHERE actor = '{user}' AND action = '{action}'");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
