using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Totp;
using AIMake.Tests.Accounts.OAuth;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Passwords;

/// <summary>
/// Accounts that others vouch for and that have no password: where one would be asked for, having just come in through the provider stands for it.
/// </summary>
public sealed class FirstPasswordTests(OAuthBed bed) : IClassFixture<OAuthBed>
{
    private const string Password = "the first of my own";
    private static int _logins;

    [Fact]
    public async Task Whoever_has_just_come_in_gives_the_account_its_first_password_and_the_other_sessions_end()
    {
        await using var server = await bed.StartAsync(KeptMails.Setting, sharing: bed.Server);
        var login = Login();
        var (other, http) = (await EnterAsync(login, server), await EnterAsync(login, server));
        Assert.False((await MeAsync(http)).GetProperty("hasPassword").GetBoolean());

        var changed = await (await http.PutAsJsonAsync("/api/auth/password", new { newPassword = Password })).DataAsync();

        using var after = server.ClientWith(changed.GetProperty("accessToken").GetString()!);
        Assert.True((await MeAsync(after)).GetProperty("hasPassword").GetBoolean());
        await (await other.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login, password = Password })).DataAsync();
        await server.MailAsync($"{login}@example.com", "A password was set");
        await EnterAsync(login, server); // and GitHub still leads in
    }

    [Fact]
    public async Task From_then_on_that_password_is_asked_for()
    {
        var http = await EnterAsync(Login());
        var token = (await (await http.PutAsJsonAsync("/api/auth/password", new { newPassword = Password })).DataAsync()).GetProperty("accessToken").GetString()!;
        using var after = bed.Server.ClientWith(token);

        await (await after.PutAsJsonAsync("/api/auth/password", new { newPassword = "another one again" })).FaultAsync(400, "FIELD_REQUIRED");
        await (await after.PutAsJsonAsync("/api/auth/password", new { newPassword = "another one again", currentPassword = "not this" })).FaultAsync(403, "PASSWORD_WRONG");
        await (await after.PutAsJsonAsync("/api/auth/password", new { newPassword = "another one again", currentPassword = Password })).DataAsync();
    }

    [Fact]
    public async Task Of_two_first_passwords_at_once_one_is_kept()
    {
        var login = Login();
        var sessions = new[] { await EnterAsync(login), await EnterAsync(login) };

        var statuses = await Task.WhenAll(sessions.Select(async (http, i) => (int)(await http.PutAsJsonAsync("/api/auth/password", new { newPassword = $"{Password} {i}" })).StatusCode));

        Assert.Contains(200, statuses);
        Assert.DoesNotContain(500, statuses);
        var opened = new List<int>();
        foreach (var i in Enumerable.Range(0, 2))
        {
            opened.Add((int)(await bed.Server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login, password = $"{Password} {i}" })).StatusCode);
        }

        Assert.Single(opened, 200);
    }

    [Fact]
    public async Task A_weak_first_password_is_refused_as_any()
    {
        var http = await EnterAsync(Login());

        await (await http.PutAsJsonAsync("/api/auth/password", new { newPassword = "password1" })).FaultAsync(400, "PASSWORD_COMMON");
        Assert.False((await MeAsync(http)).GetProperty("hasPassword").GetBoolean());
    }

    [Fact]
    public async Task The_address_changes_after_a_fresh_sign_in_and_by_the_link_mailed_to_the_new_one()
    {
        await using var server = await bed.StartAsync(KeptMails.Setting, sharing: bed.Server);
        var login = Login();
        var http = await EnterAsync(login, server);

        var asked = await (await http.PutAsJsonAsync("/api/auth/me", new { email = $"{login}@new.example" })).DataAsync();
        Assert.Equal(($"{login}@example.com", $"{login}@new.example"), (asked.GetProperty("email").GetString(), asked.GetProperty("pendingEmail").GetString()));
        var token = (await server.MailAsync($"{login}@new.example", "#token=")).Token();
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token })).DataAsync();

        Assert.Equal($"{login}@new.example", (await MeAsync(http)).GetProperty("email").GetString());
        await server.MailAsync($"{login}@example.com", "another e-mail address");
    }

    [Fact]
    public async Task A_second_factor_needs_a_fresh_sign_in_too()
    {
        var http = await EnterAsync(Login());
        var enrolment = await (await http.PostAsJsonAsync("/api/auth/totp", new { })).DataAsync();
        var code = TotpCode.At(TotpCode.Decode(enrolment.GetProperty("secret").GetString()!), TotpCode.StepAt(bed.Clock.GetUtcNow()));
        var codes = await (await http.PostAsJsonAsync("/api/auth/totp/confirm", new { code })).DataAsync();
        var recovery = codes.GetProperty("recoveryCodes")[0].GetString();

        bed.Clock.Advance(PasswordProof.FreshSignIn);
        await (await RemoveAsync(http, recovery)).FaultAsync(403, "SSO_REQUIRED");
        Assert.True((await (await http.GetAsync("/api/auth/totp")).DataAsync()).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task A_browser_left_open_changes_none_of_it()
    {
        var http = await EnterAsync(Login());
        bed.Clock.Advance(PasswordProof.FreshSignIn);

        await (await http.PutAsJsonAsync("/api/auth/password", new { newPassword = Password })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.PutAsJsonAsync("/api/auth/me", new { email = "elsewhere@example.com" })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.PostAsJsonAsync("/api/auth/totp", new { })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { }) })).FaultAsync(403, "SSO_REQUIRED");
        await (await http.PutAsJsonAsync("/api/auth/me", new { firstName = "Zoë" })).DataAsync(); // what asks nobody for a password stays as it is
    }

    [Fact]
    public async Task A_way_in_that_the_operator_took_away_is_none_and_the_last_real_one_stays()
    {
        var login = Login();
        using var browser = bed.Browser();
        await browser.SignInAsync("github", new { login });
        var token = (await browser.EnterAsync()).GetProperty("accessToken").GetString()!;
        using var http = bed.Server.ClientWith(token);
        var user = (await MeAsync(http)).GetProperty("id").GetGuid();
        await TestDatabase.ExecuteAsync(bed.Server, $"""
            INSERT INTO accounts.identities (id, user_id, provider, issuer, subject, created_at, last_used_at)
            VALUES (gen_random_uuid(), '{user}', 'gone', 'https://gone.example', '{login}', now(), now())
            """);
        var identities = (await (await http.GetAsync("/api/auth/identities")).DataAsync()).GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("provider").GetString()!, i => i.GetProperty("id").GetString());

        await (await http.DeleteAsync($"/api/auth/identities/{identities["github"]}")).FaultAsync(409, "LAST_WAY_IN");
        await (await http.DeleteAsync($"/api/auth/identities/{identities["gone"]}")).DataAsync();
    }

    private static string Login() => $"nopassword{Interlocked.Increment(ref _logins)}";

    /// <summary>A fresh session of whoever has that login at GitHub.</summary>
    private async Task<HttpClient> EnterAsync(string login, TestServer? server = null)
    {
        using var browser = bed.Browser(server);
        await browser.SignInAsync("github", new { login });
        return (server ?? bed.Server).ClientWith((await browser.EnterAsync()).GetProperty("accessToken").GetString()!);
    }

    private static async Task<JsonElement> MeAsync(HttpClient http) => await (await http.GetAsync("/api/auth/me")).DataAsync();

    private static Task<HttpResponseMessage> RemoveAsync(HttpClient http, string? code) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/totp") { Content = JsonContent.Create(new { code }) });
}
