using System.Net.Http.Json;
using AIMake.Accounts.Mails;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.EmailAddresses;

public sealed class EmailTests : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync([.. KeptMails.Setting, "--Http:PublicUrl", "https://aimake.example.com"], b => b.Services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_new_address_is_proved_by_the_link_mailed_to_it_once()
    {
        var user = await _server.CreateUserAsync();
        Assert.False((await ProfileAsync(user)).GetProperty("emailVerified").GetBoolean());
        var mail = await _server.MailAsync(user.Email, "verify-email");
        Assert.Contains("https://aimake.example.com/verify-email#token=", mail.Text, StringComparison.Ordinal);

        Assert.Equal(user.Email, (await (await VerifyAsync(mail.Token())).DataAsync()).GetProperty("email").GetString());

        Assert.True((await ProfileAsync(user)).GetProperty("emailVerified").GetBoolean());
        await (await VerifyAsync(mail.Token())).FaultAsync(400, "EMAIL_TOKEN_INVALID");
        await (await user.Http.PostAsync("/api/auth/email/resend", null)).FaultAsync(409, "EMAIL_VERIFIED_ALREADY");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"token\":null}")]
    [InlineData("{\"token\":\"\"}")]
    [InlineData("{\"token\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")]
    [InlineData("{\"token\":\"' OR 1=1--\"}")]
    public async Task What_is_no_token_proves_nothing(string body) =>
        await (await _server.Anonymous.PostAsync("/api/auth/email/verify", new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).FaultAsync(400, "EMAIL_TOKEN_INVALID");

    [Fact]
    public async Task A_link_ends_after_three_days_and_another_can_be_asked_for_not_too_often()
    {
        var user = await _server.CreateUserAsync();
        var old = (await _server.MailAsync(user.Email, "verify-email")).Token();
        _clock.Advance(MailPurpose.Verify.Life);
        await (await VerifyAsync(old)).FaultAsync(400, "EMAIL_TOKEN_INVALID");

        var again = await SignInAsync(user);
        foreach (var _ in Enumerable.Range(0, MailedTokens.Most))
        {
            await (await again.PostAsync("/api/auth/email/resend", null)).DataAsync();
        }

        using var often = await again.PostAsync("/api/auth/email/resend", null);
        await often.FaultAsync(429, "RATE_LIMITED");
        Assert.Equal(3600, often.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        await (await VerifyAsync((await _server.MailAsync(user.Email, "verify-email", 1 + MailedTokens.Most)).Token())).DataAsync();
    }

    [Fact]
    public async Task Another_address_takes_the_old_ones_place_when_it_is_confirmed_and_the_old_one_is_told()
    {
        var user = await _server.CreateUserAsync();
        var next = $"next-{user.Username}@example.com";

        var asked = await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email = next, currentPassword = user.Password })).DataAsync();
        Assert.Equal((user.Email, next), (asked.GetProperty("email").GetString(), asked.GetProperty("pendingEmail").GetString()));

        await (await VerifyAsync((await _server.MailAsync(next, "verify-email")).Token())).DataAsync();

        var profile = await ProfileAsync(user);
        Assert.Equal((next, true), (profile.GetProperty("email").GetString(), profile.GetProperty("emailVerified").GetBoolean()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, profile.GetProperty("pendingEmail").ValueKind);
        await _server.MailAsync(user.Email, "now has another e-mail address");
        Assert.DoesNotContain(next, (await _server.MailsToAsync(user.Email))[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_an_address_that_was_taken_back_or_replaced_opens_nothing()
    {
        var user = await _server.CreateUserAsync();
        var (first, second) = ($"first-{user.Username}@example.com", $"second-{user.Username}@example.com");
        await ChangeAsync(user, first);
        var stale = (await _server.MailAsync(first, "verify-email")).Token();
        await ChangeAsync(user, second);
        await (await VerifyAsync(stale)).FaultAsync(400, "EMAIL_TOKEN_INVALID");

        var taken = (await _server.MailAsync(second, "verify-email")).Token();
        await ChangeAsync(user, user.Email); // thought better of it
        await (await VerifyAsync(taken)).FaultAsync(400, "EMAIL_TOKEN_INVALID");
        Assert.Equal(user.Email, (await ProfileAsync(user)).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Links_for_the_former_address_end_when_the_new_one_is_confirmed()
    {
        var user = await _server.CreateUserAsync();
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = user.Email })).DataAsync();
        var reset = (await _server.MailAsync(user.Email, "reset-password")).Token();
        var next = $"moved-{user.Username}@example.com";
        await ChangeAsync(user, next);
        await (await VerifyAsync((await _server.MailAsync(next, "verify-email")).Token())).DataAsync();

        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token = reset, newPassword = "quite another one" })).FaultAsync(400, "RESET_TOKEN_INVALID");
    }

    [Fact]
    public async Task An_address_somebody_else_took_meanwhile_stays_theirs()
    {
        var (user, other) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email = other.Email, currentPassword = user.Password })).FaultAsync(409, "EMAIL_TAKEN");
        var wanted = $"wanted-{user.Username}@example.com";
        await ChangeAsync(user, wanted);
        var token = (await _server.MailAsync(wanted, "verify-email")).Token();
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET email = '{wanted}' WHERE id = '{other.Id}'");

        await (await VerifyAsync(token)).FaultAsync(409, "EMAIL_TAKEN");

        Assert.Equal(user.Email, (await ProfileAsync(user)).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Mails_speak_the_users_language()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/register")
        {
            Content = JsonContent.Create(new { username = "chinese", email = "chinese@example.com", password = "correct horse chinese", agreement = true }),
        };
        request.Headers.AcceptLanguage.ParseAdd("zh-CN");
        await (await _server.Anonymous.SendAsync(request)).DataAsync(201);

        Assert.Equal("AIMake: 请确认您的邮箱地址", (await _server.MailAsync("chinese@example.com", "verify-email")).Subject);
    }

    private async Task ChangeAsync(TestUser user, string email) =>
        await (await user.Http.PutAsJsonAsync("/api/auth/me", new { email, currentPassword = user.Password })).DataAsync();

    private Task<HttpResponseMessage> VerifyAsync(string token) => _server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token });

    private static async Task<System.Text.Json.JsonElement> ProfileAsync(TestUser user) => await (await user.Http.GetAsync("/api/auth/me")).DataAsync();

    private async Task<HttpClient> SignInAsync(TestUser user) => _server.ClientWith(
        (await (await _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).DataAsync()).GetProperty("accessToken").GetString()!);
}
