using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Totp;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.Totp;

public sealed class TotpTests : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private TestServer _server = null!;
    private TestUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(KeptMails.Setting, b => b.Services.AddSingleton<TimeProvider>(_clock));
        _user = await _server.CreateUserAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Signing_in_asks_for_a_code_from_the_moment_the_app_was_shown_to_have_the_secret()
    {
        var begun = await BeginAsync();
        Assert.Equal($"otpauth://totp/AIMake:{_user.Username}?secret={begun.GetProperty("secret").GetString()}&issuer=AIMake&algorithm=SHA1&digits=6&period=30", begun.GetProperty("uri").GetString());
        Assert.StartsWith("<svg", begun.GetProperty("qr").GetString(), StringComparison.Ordinal);
        await (await LoginAsync()).DataAsync(); // not in force yet

        var codes = await ConfirmAsync(begun);

        Assert.Equal(RecoveryCodes.Count, codes.Count);
        Assert.Equal("totp", (await (await LoginAsync()).FaultAsync(401, "TOTP_REQUIRED")).GetProperty("field").GetString());
        await (await LoginAsync("")).FaultAsync(401, "TOTP_REQUIRED");
        await (await LoginAsync("000000")).FaultAsync(403, "TOTP_INVALID");
        _clock.Advance(TimeSpan.FromSeconds(30));
        await (await LoginAsync(Code(begun))).DataAsync();
        await (await LoginAsync(Code(begun), "wrong password")).FaultAsync(401, "INVALID_CREDENTIALS"); // a code tells nothing about the password
        await _server.MailAsync(_user.Email, "asks for a code from your app");
    }

    [Fact]
    public async Task A_code_opens_once_even_to_many_at_the_same_moment()
    {
        var begun = await BeginAsync();
        await ConfirmAsync(begun);
        await (await LoginAsync(Code(begun))).FaultAsync(403, "TOTP_INVALID"); // the one that confirmed
        _clock.Advance(TimeSpan.FromSeconds(30));
        var code = Code(begun);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoginAsync(code)));

        Assert.Single(answers, a => a.IsSuccessStatusCode);
        _clock.Advance(TimeSpan.FromMinutes(30)); // whatever wait the others earned is over
        await (await LoginAsync(code)).FaultAsync(403, "TOTP_INVALID");
        await (await LoginAsync(Code(begun))).DataAsync();
    }

    [Fact]
    public async Task Guessing_is_slowed_down_for_the_account_whatever_the_address()
    {
        var begun = await BeginAsync();
        await ConfirmAsync(begun);
        _clock.Advance(TimeSpan.FromSeconds(30));
        var refusals = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await LoginAsync("000000");
            refusals.Add((int)answer.StatusCode);
        }

        Assert.Contains(403, refusals);
        Assert.Equal(429, refusals[^1]);
        using var right = await LoginAsync(Code(begun));
        await right.FaultAsync(429, "RATE_LIMITED");
        Assert.NotNull(right.Headers.RetryAfter);
        _clock.Advance(TimeSpan.FromMinutes(15));
        await (await LoginAsync(Code(begun))).DataAsync();
        Assert.True((long)(await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM operations.audit WHERE action = 'second_factor.failed' AND actor = '{_user.Id}'"))! >= 5);
    }

    [Fact]
    public async Task A_recovery_code_opens_once_and_a_fresh_set_ends_the_old_one()
    {
        var begun = await BeginAsync();
        var codes = await ConfirmAsync(begun);
        await (await LoginAsync(codes[0].ToUpperInvariant())).DataAsync();
        await (await LoginAsync(codes[0])).FaultAsync(403, "TOTP_INVALID");
        Assert.Equal(9, (await (await _user.Http.GetAsync("/api/auth/totp")).DataAsync()).GetProperty("recoveryCodesLeft").GetInt32());

        _clock.Advance(TimeSpan.FromSeconds(30));
        var fresh = Codes(await (await _user.Http.PostAsJsonAsync("/api/auth/totp/recovery-codes", new { password = _user.Password, code = Code(begun) })).DataAsync());

        await (await LoginAsync(codes[1])).FaultAsync(403, "TOTP_INVALID");
        await (await LoginAsync(fresh[0])).DataAsync();
    }

    [Fact]
    public async Task Switching_it_off_or_beginning_needs_the_password_and_switching_it_off_a_code_too()
    {
        await (await _user.Http.PostAsJsonAsync("/api/auth/totp", new { password = "wrong password" })).FaultAsync(403, "PASSWORD_WRONG");
        await (await _user.Http.PostAsJsonAsync("/api/auth/totp/confirm", new { code = "000000" })).FaultAsync(409, "CONFLICT");
        var begun = await BeginAsync();
        await (await _user.Http.PostAsJsonAsync("/api/auth/totp/confirm", new { code = "000000" })).FaultAsync(403, "TOTP_INVALID");
        await ConfirmAsync(begun);
        await (await _user.Http.PostAsJsonAsync("/api/auth/totp", new { password = _user.Password })).FaultAsync(409, "TOTP_ENABLED_ALREADY");
        await (await RemoveAsync("wrong password", Code(begun))).FaultAsync(403, "PASSWORD_WRONG");
        await (await RemoveAsync(_user.Password, "000000")).FaultAsync(403, "TOTP_INVALID");
        await (await LoginAsync()).FaultAsync(401, "TOTP_REQUIRED");

        _clock.Advance(TimeSpan.FromSeconds(30));
        await (await RemoveAsync(_user.Password, Code(begun))).DataAsync();

        await (await LoginAsync()).DataAsync();
        await _server.MailAsync(_user.Email, "no longer asks for a code");
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM accounts.recovery_codes WHERE user_id = '{_user.Id}'"));
    }

    [Fact]
    public async Task A_new_password_by_mail_does_not_get_around_it()
    {
        await ConfirmAsync(await BeginAsync());
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email = _user.Email })).DataAsync();
        var token = (await _server.MailAsync(_user.Email, "reset-password")).Token();
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/password/reset", new { token, newPassword = "quite another one" })).DataAsync();

        await (await LoginAsync(password: "quite another one")).FaultAsync(401, "TOTP_REQUIRED");
    }

    [Fact]
    public async Task Every_way_in_meets_it()
    {
        await ConfirmAsync(await BeginAsync());
        var row = await _server.Services.GetRequiredService<AIMake.Platform.Database.Database>().ReadAsync(DbPurpose.Hot, s => Users.FindAsync(s, _user.Id, default), default);

        var opened = await _server.Services.GetRequiredService<SessionOpening>().OpenAsync(row!, rehash: null, code: null, new Client("127.0.0.1", "127.0.0.1", "test"), default);

        Assert.Equal("TOTP_REQUIRED", opened.Fault?.Code.Code);
    }

    [Fact]
    public async Task Neither_the_secret_nor_a_code_can_be_read_in_the_database()
    {
        var begun = await BeginAsync();
        var codes = await ConfirmAsync(begun);

        var dump = (string)(await TestDatabase.ExecuteAsync(
            _server, "SELECT (SELECT string_agg(t::text || encode(t.box, 'escape'), ' ') FROM accounts.totp t) || (SELECT string_agg(c::text, ' ') FROM accounts.recovery_codes c) || (SELECT string_agg(a::text, ' ') FROM operations.audit a)"))!;

        Assert.DoesNotContain(begun.GetProperty("secret").GetString()!, dump, StringComparison.OrdinalIgnoreCase);
        Assert.All(codes, code => Assert.DoesNotContain(code, dump, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<JsonElement> BeginAsync() => await (await _user.Http.PostAsJsonAsync("/api/auth/totp", new { password = _user.Password })).DataAsync();

    private async Task<List<string>> ConfirmAsync(JsonElement begun) => Codes(await (await _user.Http.PostAsJsonAsync("/api/auth/totp/confirm", new { code = Code(begun) })).DataAsync());

    private static List<string> Codes(JsonElement data) => [.. data.GetProperty("recoveryCodes").EnumerateArray().Select(c => c.GetString()!)];

    private string Code(JsonElement begun) => TotpCode.At(TotpCode.Decode(begun.GetProperty("secret").GetString()!), TotpCode.StepAt(_clock.GetUtcNow()));

    private Task<HttpResponseMessage> LoginAsync(string? totp = null, string? password = null) =>
        _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = _user.Username, password = password ?? _user.Password, totp });

    private Task<HttpResponseMessage> RemoveAsync(string password, string code) =>
        _user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/totp") { Content = JsonContent.Create(new { password, code }) });
}
