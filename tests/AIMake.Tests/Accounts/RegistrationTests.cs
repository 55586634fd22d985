using System.Net.Http.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts;

public sealed class RegistrationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_new_user_is_signed_in_and_can_read_the_profile()
    {
        var user = await server.CreateUserAsync();

        var me = await (await user.Http.GetAsync("/api/auth/me")).DataAsync();

        Assert.Equal(user.Username, me.GetProperty("username").GetString());
        Assert.Equal("user", me.GetProperty("role").GetString());
        Assert.Equal("active", me.GetProperty("status").GetString());
        Assert.Equal("free", me.GetProperty("subscription").GetProperty("plan").GetString());
        Assert.Equal("system", me.GetProperty("preferences").GetProperty("theme").GetString());
    }

    [Fact]
    public async Task A_newcomer_has_the_free_allowance()
    {
        var user = await server.CreateUserAsync();

        var overview = await (await user.Http.GetAsync("/api/user")).DataAsync();

        Assert.Equal("free", overview.GetProperty("plan").GetString());
        Assert.Equal(500, overview.GetProperty("credits").GetProperty("remaining").GetDecimal());
        Assert.Equal(user.Email, overview.GetProperty("profile").GetProperty("email").GetString());
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN")]
    [InlineData("fr", "en")]
    public async Task The_language_at_first_is_the_browsers(string header, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/register") { Content = JsonContent.Create(Body($"lang{language.Length}")) };
        request.Headers.AcceptLanguage.ParseAdd(header);

        var data = await (await server.Anonymous.SendAsync(request)).DataAsync(201);

        Assert.Equal(language, data.GetProperty("user").GetProperty("preferences").GetProperty("language").GetString());
    }

    [Theory]
    [InlineData("张三丰")]
    [InlineData("Zoë_2.b-c")]
    [InlineData("Ünïcödé")]
    public async Task Names_may_be_written_in_any_script(string name)
    {
        var data = await (await PostAsync(Body(name, $"{Guid.NewGuid():N}@例子.测试"))).DataAsync(201);

        Assert.Equal(name.Normalize(), data.GetProperty("user").GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("")]
    [InlineData("a b c")]
    [InlineData("a@example.com")]
    [InlineData("abc\n")]
    [InlineData("abc\0")]
    [InlineData("😀😀😀")]
    [InlineData("...")]
    [InlineData("<script>")]
    [InlineData("this-name-has-more-than-32-letters")]
    public async Task A_username_has_3_to_32_plain_characters(string name)
    {
        var fault = await (await PostAsync(Body(name, $"{Guid.NewGuid():N}@example.com"))).FaultAsync(400, "FIELD_INVALID");

        Assert.Equal("username", fault.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("@example.com")]
    [InlineData("a@")]
    [InlineData("a@b@c")]
    [InlineData("a b@example.com")]
    [InlineData("a@exa mple.com")]
    [InlineData("a@example.com\r\nBcc: x@example.com")]
    [InlineData("a@.com")]
    [InlineData("a@b..c")]
    [InlineData("<a@b.c>")]
    [InlineData("a@b.c\0")]
    public async Task An_address_that_cannot_be_one_is_refused(string email)
    {
        var fault = await (await PostAsync(Body($"n{Guid.NewGuid():N}"[..20], email))).FaultAsync(400, "FIELD_INVALID");

        Assert.Equal("email", fault.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("", "PASSWORD_LENGTH")]
    [InlineData("seven77", "PASSWORD_LENGTH")]
    [InlineData("😀😀😀😀😀😀😀", "PASSWORD_LENGTH")] // seven characters, fourteen units
    [InlineData("password", "PASSWORD_COMMON")]
    [InlineData("Password123!", "PASSWORD_COMMON")]
    [InlineData("qwertyuiop", "PASSWORD_COMMON")]
    [InlineData("AIMake2026", "PASSWORD_COMMON")]
    [InlineData("woaini1314", "PASSWORD_COMMON")]
    [InlineData("aaaaaaaabb", "PASSWORD_COMMON")]
    public async Task A_password_that_is_guessed_first_is_refused(string password, string code)
    {
        var fault = await (await PostAsync(new { username = "guessable", email = "guessable@example.com", password, agreement = true })).FaultAsync(400, code);

        Assert.Equal("password", fault.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_password_that_is_the_name_is_refused() =>
        await (await PostAsync(new { username = "hannibal-lecter", email = "h@example.com", password = "Hannibal-Lecter", agreement = true })).FaultAsync(400, "PASSWORD_COMMON");

    [Theory]
    [InlineData(129, 400)]
    [InlineData(900_000, 400)]
    [InlineData(1_100_000, 413)]
    public async Task A_password_beyond_128_characters_is_refused_unhashed(int length, int status)
    {
        using var response = await PostAsync(new { username = "longpass", email = "longpass@example.com", password = string.Concat(Enumerable.Repeat("x1", length))[..length], agreement = true });

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_password_of_128_emoji_or_with_spaces_and_NUL_is_a_password()
    {
        var name = "emoji" + Guid.NewGuid().ToString("N")[..8];
        var password = string.Concat(Enumerable.Repeat("😀🎈\0 ", 32));
        await (await PostAsync(new { username = name, email = $"{name}@example.com", password, agreement = true })).DataAsync(201);

        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = name, password })).DataAsync();
        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = name, password = password[..^1] })).FaultAsync(401, "INVALID_CREDENTIALS");
    }

    [Fact]
    public async Task Without_the_agreement_there_is_no_account() =>
        await (await PostAsync(new { username = "noagree", email = "noagree@example.com", password = "correct horse", agreement = false })).FaultAsync(400, "AGREEMENT_REQUIRED");

    [Fact]
    public async Task All_faults_of_a_request_are_told_at_once()
    {
        using var response = await PostAsync(new { username = "x", email = "y", password = "z", agreement = false, firstName = "\u202Eabc" });

        var body = await response.Content.ReadAsStringAsync();
        Assert.All(["username", "email", "password", "agreement", "firstName"], field => Assert.Contains($"\"field\":\"{field}\"", body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("role", "\"admin\"")]
    [InlineData("credits", "1000")]
    [InlineData("id", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("passwordHash", "\"x\"")]
    [InlineData("Username", "\"twice\"")]
    [InlineData("isAdmin", "true")]
    public async Task What_nobody_may_choose_is_no_field(string name, string value)
    {
        var json = $$"""{"username":"chooser","email":"chooser@example.com","password":"correct horse","agreement":true,"{{name}}":{{value}}}""";
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");

        await (await server.Anonymous.PostAsync("/api/auth/register", content)).FaultAsync(400, "UNKNOWN_FIELD");
    }

    [Theory]
    [InlineData("""{"username":"a","username":"b"}""", "DUPLICATE_FIELD")]
    [InlineData("""{"username":1,"email":"a@b.c","password":"correct horse","agreement":true}""", "FIELD_INVALID")]
    [InlineData("""{"username":null,"email":"a@b.c","password":"correct horse","agreement":true}""", "FIELD_INVALID")]
    [InlineData("""{"username":"abc","email":"a@b.c","password":"correct horse","agreement":"yes"}""", "FIELD_INVALID")]
    [InlineData("""{"username":"abc","email":"a@b.c","agreement":true}""", "FIELD_REQUIRED")]
    [InlineData("""{"username":"abc""", "MALFORMED_JSON")]
    [InlineData("""{"username":"abc\ud800","email":"a@b.c","password":"correct horse","agreement":true}""", null)]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    public async Task Bodies_that_are_no_registration_are_refused(string json, string? code)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await server.Anonymous.PostAsync("/api/auth/register", content);

        await response.FaultAsync(400, code ?? "errors");
    }

    [Fact]
    public async Task Names_and_addresses_are_unique_without_regard_to_case()
    {
        var user = await server.CreateUserAsync();

        Assert.Equal("username", (await (await PostAsync(Body(user.Username.ToUpperInvariant(), "other@example.com"))).FaultAsync(409, "USERNAME_TAKEN")).GetProperty("field").GetString());
        Assert.Equal("email", (await (await PostAsync(Body("another-name", user.Email.ToUpperInvariant()))).FaultAsync(409, "EMAIL_TAKEN")).GetProperty("field").GetString());
    }

    [Fact]
    public async Task Of_twenty_who_want_one_name_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PostAsync(Body("wanted", $"wanted{i}@example.com"))));

        Assert.Equal(1, answers.Count(a => (int)a.StatusCode == 201));
        Assert.Equal(19, answers.Count(a => (int)a.StatusCode == 409));
    }

    [Fact]
    public async Task No_answer_holds_the_password_or_its_hash()
    {
        using var response = await PostAsync(Body("secretive", "secretive@example.com"));

        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("correct horse", body, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", body, StringComparison.OrdinalIgnoreCase);
    }

    private static object Body(string name, string? email = null) =>
        new { username = name, email = email ?? $"{name}@example.com", password = "correct horse battery", agreement = true };

    private Task<HttpResponseMessage> PostAsync(object body) => server.Anonymous.PostAsJsonAsync("/api/auth/register", body);
}
