using System.Net.Http.Json;
using AIMake.Accounts.Setup;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.Setup;

public sealed class SetupLinkTests
{
    [Fact]
    public async Task Whoever_opens_the_link_becomes_the_admin_and_nobody_after()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.CreateSetupTokenAsync();

        var first = await (await RegisterAsync(server, "first", token)).DataAsync(201);
        await (await RegisterAsync(server, "second", token)).FaultAsync(400, "SETUP_LINK_INVALID");

        Assert.Equal("admin", first.GetProperty("user").GetProperty("role").GetString());
        Assert.Null(await server.Services.GetRequiredService<SetupLink>().EnsureAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_many_who_open_it_at_once_one_becomes_admin()
    {
        await using var server = await TestServer.StartAsync();
        var (one, other) = (await server.CreateSetupTokenAsync(), await server.CreateSetupTokenAsync()); // two starts, two links

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => RegisterAsync(server, $"racer{i}", i % 2 == 0 ? one : other)));

        Assert.Equal(1, answers.Count(a => (int)a.StatusCode == 201));
        Assert.Equal(15, answers.Count(a => (int)a.StatusCode == 400));
    }

    [Fact]
    public async Task A_link_whose_registration_fails_stays_good()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.CreateSetupTokenAsync();
        var user = await server.CreateUserAsync();

        await (await RegisterAsync(server, user.Username, token)).FaultAsync(409, "USERNAME_TAKEN");

        await (await RegisterAsync(server, "fresh", token)).DataAsync(201);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1--")]
    public async Task A_guessed_link_makes_no_account_at_all(string token)
    {
        await using var server = await TestServer.StartAsync();

        await (await RegisterAsync(server, "guesser", token)).FaultAsync(400, "SETUP_LINK_INVALID");

        await (await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = "guesser", password = "correct horse" })).FaultAsync(401, "INVALID_CREDENTIALS");
    }

    [Fact]
    public async Task It_expires()
    {
        var clock = new ManualTime();
        await using var server = await TestServer.StartAsync(["--Accounts:SetupLinkLife", "00:10:00"], b => b.Services.AddSingleton<TimeProvider>(clock));
        var token = await server.CreateSetupTokenAsync();

        clock.Advance(TimeSpan.FromMinutes(10));

        await (await RegisterAsync(server, "late", token)).FaultAsync(400, "SETUP_LINK_INVALID");
    }

    [Theory]
    [InlineData("closed", "REGISTRATION_CLOSED")]
    [InlineData("invite", "REGISTRATION_INVITE_ONLY")]
    public async Task It_also_opens_a_server_that_takes_no_others(string mode, string code)
    {
        await using var server = await TestServer.StartAsync(["--Accounts:Registration", mode]);

        await (await RegisterAsync(server, "stranger", null)).FaultAsync(403, code);

        Assert.True((await (await server.CreateAdminAsync()).Http.GetAsync("/api/auth/me")).IsSuccessStatusCode);
    }

    private static Task<HttpResponseMessage> RegisterAsync(TestServer server, string name, string? setupToken) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/register", new { username = name, email = $"{name}@setup.example.com", password = "correct horse", agreement = true, setupToken });
}
