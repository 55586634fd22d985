using System.Net.Http.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Security;

/// <summary>A life of an account with all our own log levels on: nothing secret may be in the logs, in answers to others, or in the database in a usable form.</summary>
public sealed class SecretsInLogsTests
{
    [Fact]
    public async Task Passwords_tokens_and_cookies_are_nowhere_but_with_their_owner()
    {
        var logs = new CapturedLogs();
        await using var server = await TestServer.StartAsync(
            [
                "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:AIMake", "Trace",
                "--Logging:LogLevel:Microsoft", "Warning", "--Logging:LogLevel:Npgsql", "Information", // the framework as shipped: it would log addresses with their queries
            ],
            b =>
            {
                b.Logging.ClearProviders();
                b.Logging.AddProvider(logs);
            },
            map: GateRoutes.Map);
        const string newPassword = "canary-new-password";
        var setup = await server.CreateSetupTokenAsync();
        var user = await server.CreateUserAsync();
        var fresh = await (await user.Http.PutAsJsonAsync("/api/auth/password", new { currentPassword = user.Password, newPassword })).DataAsync();
        using var login = await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Email, password = newPassword });
        using var refresh = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
        refresh.Headers.Add("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        refresh.Headers.Add("X-Requested-With", "test");
        using var refreshed = await server.Anonymous.SendAsync(refresh);
        await refreshed.DataAsync();
        await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Email, password = "canary-wrong-password" });
        await server.Anonymous.GetAsync($"/api/auth/me?access_token={user.AccessToken}");
        using var stranger = server.ClientWith(user.AccessToken + "x");
        await stranger.GetAsync("/api/auth/me");

        string[] secrets =
        [
            user.Password, newPassword, "canary-wrong-password", setup, user.AccessToken, fresh.GetProperty("accessToken").GetString()!,
            user.Cookie.Split('=')[1], Value(login), Value(refreshed),
        ];
        var logged = logs.Everything;
        Assert.Contains("1101", logged, StringComparison.Ordinal); // sign-ins are logged at all
        Assert.All(secrets, s => Assert.DoesNotContain(s, logged, StringComparison.Ordinal));
        Assert.DoesNotContain(user.Email, logged, StringComparison.OrdinalIgnoreCase);

        var dump = (string)(await TestDatabase.ExecuteAsync(server, """
            SELECT string_agg(row::text, ' ') FROM (
                SELECT to_jsonb(u)::text AS row FROM accounts.users u UNION ALL SELECT to_jsonb(s)::text FROM accounts.sessions s
                UNION ALL SELECT to_jsonb(r)::text FROM accounts.refresh_tokens r UNION ALL SELECT to_jsonb(l)::text FROM accounts.setup_links l
                UNION ALL SELECT to_jsonb(a)::text FROM accounts.login_attempts a) all_rows
            """))!;
        Assert.All(secrets, s => Assert.DoesNotContain(s, dump, StringComparison.Ordinal));
        Assert.All(secrets, s => Assert.DoesNotContain(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(s)), dump, StringComparison.OrdinalIgnoreCase));

        static string Value(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
    }

    /// <summary>S19.</summary>
    [Fact]
    public async Task An_api_key_and_its_digest_are_nowhere_but_in_the_digests_column()
    {
        var (logs, spans) = (new CapturedLogs(), new System.Collections.Concurrent.ConcurrentQueue<string>());
        using var tracing = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name != "Npgsql", // parameters are not traced; statements are the same for all keys
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> _) => System.Diagnostics.ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => spans.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"),
        };
        System.Diagnostics.ActivitySource.AddActivityListener(tracing);
        await using var server = await TestServer.StartAsync(
            ["--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:AIMake", "Trace", "--Logging:LogLevel:Microsoft", "Warning", "--Logging:LogLevel:Npgsql", "Information"],
            b =>
            {
                b.Logging.ClearProviders();
                b.Logging.AddProvider(logs);
            },
            map: GateRoutes.Map);
        var user = await server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat", "usage" }, rateLimit = 4 });
        var secret = made.GetProperty("secret").GetString()!;
        var key = server.ClientWith(secret);
        var answers = new List<string>();
        foreach (var path in new[] { "/test/chat", "/test/throws", "/api/library", $"/test/chat?key={secret}", "/api/credits", "/test/chat", "/test/chat", "/test/chat" })
        {
            using var response = await key.GetAsync(path);
            answers.Add($"{(int)response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync()}");
        }

        answers.Add((await (await user.Http.GetAsync("/api/tokens")).DataAsync()).GetRawText());
        answers.Add((await (await user.Http.DeleteAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync()).GetRawText());
        using var revoked = await key.GetAsync("/test/chat");

        Assert.Equal(401, (int)revoked.StatusCode);
        Assert.Contains(answers, a => a.StartsWith("429", StringComparison.Ordinal));
        Assert.Contains(answers, a => a.StartsWith("500", StringComparison.Ordinal));
        var digest = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(secret));
        string[] forbidden = [secret, secret[12..44], Convert.ToHexString(digest), Convert.ToBase64String(digest)];
        var everything = string.Join('\n', [logs.Everything, .. answers, .. spans]);
        Assert.Contains("1112", logs.Everything, StringComparison.Ordinal); // that keys are made is logged at all
        Assert.All(forbidden, f => Assert.DoesNotContain(f, everything, StringComparison.OrdinalIgnoreCase));

        var row = (string)(await TestDatabase.ExecuteAsync(server, "SELECT (to_jsonb(k) - 'digest')::text FROM accounts.api_keys k"))!;
        Assert.All(forbidden, f => Assert.DoesNotContain(f, row, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(Convert.ToHexStringLower(digest), (string)(await TestDatabase.ExecuteAsync(server, "SELECT encode(digest, 'hex') FROM accounts.api_keys"))!);
    }

    [Fact]
    public async Task An_exception_is_a_plain_answer_with_an_id_and_one_line_in_the_log()
    {
        var logs = new CapturedLogs();
        await using var server = await TestServer.StartAsync(
            ["--Logging:LogLevel:Default", "Information"],
            b =>
            {
                b.Logging.ClearProviders();
                b.Logging.AddProvider(logs);
            },
            map: GateRoutes.Map);

        using var response = await server.Anonymous.GetAsync("/test/throws?said=canary-query");
        var body = await response.Content.ReadAsStringAsync();

        await response.FaultAsync(500, "INTERNAL");
        var id = response.Headers.GetValues("X-Request-Id").Single();
        Assert.Contains(id, body, StringComparison.Ordinal);
        Assert.All(["canary", "Exception", "at AIMake", ".cs"], leak => Assert.DoesNotContain(leak, body, StringComparison.Ordinal));
        Assert.Single(logs.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains(id, StringComparison.Ordinal));
    }
}
