using System.Net.Http.Json;
using System.Text;
using AIMake.Accounts.Mails;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.PasswordReset;

/// <summary>S11, S12 and S14.</summary>
public sealed class PasswordResetTests : IAsyncLifetime
{
    private const string Fresh = "quite another one";
    private readonly ManualTime _clock = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync([.. KeptMails.Setting, "--Http:PublicUrl", "https://aimake.example.com"], b => b.Services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whoever_reads_the_mail_chooses_a_new_password_and_every_session_ends()
    {
        var user = await _server.CreateUserAsync();
        var token = await ForgetAsync(user);

        await (await ResetAsync(token)).DataAsync();

        await (await user.Http.GetAsync("/api/auth/me")).FaultAsync(401, "INVALID_TOKEN");
        await (await LoginAsync(user.Email, user.Password)).FaultAsync(401, "INVALID_CREDENTIALS");
        var back = await (await LoginAsync(user.Email, Fresh)).DataAsync();
        Assert.True(back.GetProperty("user").GetProperty("emailVerified").GetBoolean());
        await _server.MailAsync(user.Email, "password of your account was changed");
        using var refresh = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
        refresh.Headers.Add("Cookie", user.Cookie);
        refresh.Headers.Add("X-Requested-With", "test");
        await (await _server.Anonymous.SendAsync(refresh)).FaultAsync(401, "REFRESH_INVALID");
    }

    [Theory]
    [InlineData("{\"newPassword\":\"quite another one\"}")]
    [InlineData("{\"newPassword\":\"quite another one\",\"token\":null}")]
    [InlineData("{\"newPassword\":\"quite another one\",\"token\":\"\"}")]
    [InlineData("{\"newPassword\":\"quite another one\",\"token\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")]
    [InlineData("{\"newPassword\":\"quite another one\",\"token\":\"\\u0000\"}")]
    public async Task What_is_no_token_resets_nothing(string body) =>
        await (await _server.Anonymous.PostAsync("/api/auth/password/reset", new StringContent(body, Encoding.UTF8, "application/json"))).FaultAsync(400, "RESET_TOKEN_INVALID");

    [Fact]
    public async Task A_token_works_once_for_one_hour_for_this_purpose_and_ends_with_its_siblings()
    {
        var user = await _server.CreateUserAsync();
        var first = await ForgetAsync(user);
        var second = await ForgetAsync(user, 2);
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token = first })).FaultAsync(400, "EMAIL_TOKEN_INVALID");
        await (await ResetAsync((await _server.MailAsync(user.Email, "verify-email")).Token())).FaultAsync(400, "RESET_TOKEN_INVALID");

        await (await ResetAsync(second)).DataAsync();

        await (await ResetAsync(second)).FaultAsync(400, "RESET_TOKEN_INVALID");
        await (await ResetAsync(first)).FaultAsync(400, "RESET_TOKEN_INVALID");
        var late = await ForgetAsync(user, 3);
        _clock.Advance(MailPurpose.Reset.Life);
        await (await ResetAsync(late)).FaultAsync(400, "RESET_TOKEN_INVALID");
    }

    [Fact]
    public async Task Of_many_who_use_one_token_at_once_one_succeeds()
    {
        var user = await _server.CreateUserAsync();
        var token = await ForgetAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => _server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, newPassword = $"{Fresh} {i}" })));

        Assert.Single(answers, a => a.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_password_that_will_not_do_leaves_the_token_as_it_is()
    {
        var user = await _server.CreateUserAsync();
        var token = await ForgetAsync(user);

        await (await ResetAsync(token, "short")).FaultAsync(400, "PASSWORD_LENGTH");
        await (await ResetAsync(token, new string('x', 1_000_000 - 200))).FaultAsync(400, "PASSWORD_LENGTH");
        await (await ResetAsync(token)).DataAsync();
    }

    [Theory]
    [InlineData("Host", "evil.example.com")]
    [InlineData("X-Forwarded-Host", "evil.example.com")]
    [InlineData("Forwarded", "host=evil.example.com")]
    [InlineData("X-Original-URL", "https://evil.example.com/")]
    public async Task The_link_leads_where_the_operator_said_whatever_the_request_claims(string header, string value)
    {
        var user = await _server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/password/forgot") { Content = JsonContent.Create(new { email = user.Email }) };
        request.Headers.Add(header, value);

        using var answer = await _server.Anonymous.SendAsync(request);

        var mail = await _server.MailAsync(user.Email, "reset-password");
        Assert.Contains("https://aimake.example.com/reset-password#token=", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mail.Token(), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_address_a_known_one_and_a_banned_one_are_answered_alike()
    {
        var (user, banned) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET status = 'disabled' WHERE id = '{banned.Id}'");

        var bodies = new List<string>();
        foreach (var email in new[] { user.Email, "nobody@example.com", banned.Email, "no address", "\0@example.com" })
        {
            using var answer = await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email });
            Assert.Equal(200, (int)answer.StatusCode);
            bodies.Add(await answer.Content.ReadAsStringAsync());
        }

        Assert.Single(bodies.Distinct());
        await _server.MailAsync(user.Email, "reset-password");
        Assert.DoesNotContain(await _server.MailsToAsync(banned.Email), m => m.Text.Contains("reset-password", StringComparison.Ordinal));
        Assert.Empty(await _server.MailsToAsync("nobody@example.com"));
    }

    [Fact]
    public async Task A_banned_account_gets_in_by_no_mailed_link()
    {
        var user = await _server.CreateUserAsync();
        var (reset, verify) = (await ForgetAsync(user), (await _server.MailAsync(user.Email, "verify-email")).Token());
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET status = 'disabled' WHERE id = '{user.Id}'");

        await (await ResetAsync(reset)).FaultAsync(403, "ACCOUNT_DISABLED");
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token = verify })).FaultAsync(403, "ACCOUNT_DISABLED");
        await (await LoginAsync(user.Email, user.Password)).FaultAsync(403, "ACCOUNT_DISABLED");
    }

    [Fact]
    public async Task An_account_that_only_comes_in_through_others_gets_no_password_by_mail()
    {
        var user = await _server.CreateUserAsync();
        var token = await ForgetAsync(user);
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET password_hash = NULL WHERE id = '{user.Id}'");

        await (await ResetAsync(token)).FaultAsync(403, "SSO_REQUIRED");
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email })).DataAsync();
        Assert.DoesNotContain("#token", (await _server.MailAsync(user.Email, "Your account has none")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobodys_mailbox_is_flooded()
    {
        var user = await _server.CreateUserAsync();
        for (var i = 0; i < MailedTokens.Most + 3; i++)
        {
            Assert.True((await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email })).IsSuccessStatusCode);
        }

        await _server.MailAsync(user.Email, "reset-password", MailedTokens.Most);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _server.Anonymous.GetAsync("/health"))); // what was begun is done
        Assert.Equal(MailedTokens.Most, (await _server.MailsToAsync(user.Email)).Count(m => m.Text.Contains("reset-password", StringComparison.Ordinal)));
    }

    private async Task<string> ForgetAsync(TestUser user, int count = 1)
    {
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email })).DataAsync();
        return (await _server.MailAsync(user.Email, "reset-password", count)).Token();
    }

    private Task<HttpResponseMessage> ResetAsync(string token, string newPassword = Fresh) => _server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, newPassword });

    private Task<HttpResponseMessage> LoginAsync(string login, string password) => _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login, password });
}
