using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.ProviderKeys;
using AIMake.Platform.Secrets;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Accounts.ProviderKeys;

public sealed class ProviderKeyTests(ProviderKeyTests.Stage stage) : IClassFixture<ProviderKeyTests.Stage>
{
    private const string Canary = "sk-canary-0123456789-last";
    private TestServer Server => stage.Server;

    [Fact]
    public async Task A_key_is_taken_and_never_seen_again()
    {
        var user = await Server.CreateUserAsync();
        using var made = await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "Mine 我的", keyValue = Canary });
        var key = await made.DataAsync(201);
        var id = key.GetProperty("id").GetString();

        Assert.Equal("••••last", key.GetProperty("keyValue").GetString());
        Assert.Equal("active", key.GetProperty("status").GetString());
        Assert.Equal("""{"totalCalls":0,"monthlyUsage":0,"dailyUsage":0}""", key.GetProperty("usageStats").GetRawText());
        Assert.Equal(JsonValueKind.Null, key.GetProperty("lastUsed").ValueKind);
        var everything = key.GetRawText() + await user.Http.GetStringAsync("/api/keys") + await user.Http.GetStringAsync($"/api/keys/{id}") + stage.Logs.Everything
            + await TestDatabase.ExecuteAsync(Server, $"SELECT to_jsonb(k)::text FROM accounts.provider_keys k WHERE id = '{id}'");
        Assert.All([Canary, Canary[3..20], Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(Canary))], s => Assert.DoesNotContain(s, everything, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("1115", stage.Logs.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"service":"nobody","keyName":"x","keyValue":"k"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"","keyValue":"k"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":""}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k\r\nX-Evil: 1"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k\u0000"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k\u2028"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"密钥"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"tencent","keyName":"x","keyValue":"only-one-half"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"api.example.com"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"/v1"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"my server"}""", "FIELD_INVALID")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"file:///etc/passwd"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"http://api.example.com"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"https://169.254.169.254/latest"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"https://localhost./"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"https://user@evil.example.com/"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","baseUrl":"https://127.0.0.1.nip.io:22/"}""", "URL_NOT_ALLOWED")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","api_base":"https://evil.example.com"}""", "UNKNOWN_FIELD")]
    [InlineData("""{"service":"openai","keyName":"x","keyValue":"k","extra_headers":{"X":"y"}}""", "UNKNOWN_FIELD")]
    [InlineData("""{"service":"openai","keyName":"x"}""", "FIELD_REQUIRED")]
    public async Task What_cannot_be_a_key_or_its_address_is_refused(string body, string code)
    {
        var user = await Server.CreateUserAsync();

        await (await user.Http.PostAsync("/api/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).FaultAsync(400, code);

        Assert.Equal(0, (await (await user.Http.GetAsync("/api/keys")).DataAsync()).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Another_address_or_provider_needs_the_key_again()
    {
        var user = await Server.CreateUserAsync();
        var id = (await CreateAsync(user, "old-key")).ToString();
        var before = await RowAsync(id);

        foreach (var change in new object[] { new { baseUrl = $"{stage.Simulator.BaseUrl}/other" }, new { baseUrl = "" }, new { service = "elevenlabs" } })
        {
            await (await user.Http.PutAsJsonAsync($"/api/keys/{id}", change)).FaultAsync(400, "SECRET_REQUIRED");
        }

        Assert.Equal(before, await RowAsync(id));
        await (await user.Http.PutAsJsonAsync($"/api/keys/{id}", new { keyName = "renamed", baseUrl = stage.Simulator.BaseUrl })).DataAsync();
        var moved = await (await user.Http.PutAsJsonAsync($"/api/keys/{id}", new { baseUrl = $"{stage.Simulator.BaseUrl}/other", keyValue = "fresh-key-value" })).DataAsync();
        Assert.Equal("••••alue", moved.GetProperty("keyValue").GetString());
        Assert.Equal("fresh-key-value", (await FindAsync(user))!.Secret);
    }

    [Fact]
    public async Task A_row_moved_to_another_user_or_host_does_not_open()
    {
        var (victim, thief) = (await Server.CreateUserAsync(), await Server.CreateUserAsync());
        var id = await CreateAsync(victim, "victims-key");
        await TestDatabase.ExecuteAsync(Server, $"UPDATE accounts.provider_keys SET user_id = '{thief.Id}' WHERE id = '{id}'");
        Assert.Null(await FindAsync(thief));
        await (await thief.Http.PostAsync($"/api/keys/{id}/test", null)).FaultAsync(400, "SECRET_REQUIRED");

        var other = await CreateAsync(victim, "victims-key");
        await TestDatabase.ExecuteAsync(Server, $"UPDATE accounts.provider_keys SET base_url = 'https://evil.example.com', host = 'evil.example.com' WHERE id = '{other}'");
        Assert.Null(await FindAsync(victim));
    }

    [Fact]
    public async Task Somebody_elses_key_is_not_there()
    {
        var (owner, stranger) = (await Server.CreateUserAsync(), await Server.CreateUserAsync());
        var path = $"/api/keys/{await CreateAsync(owner, "k")}";

        await (await stranger.Http.GetAsync(path)).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.PutAsJsonAsync(path, new { keyName = "x" })).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.PostAsync($"{path}/test", null)).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.DeleteAsync(path)).FaultAsync(404, "NOT_FOUND");
        await (await owner.Http.DeleteAsync(path)).DataAsync();
        Assert.Null(await FindAsync(owner));
    }

    [Fact]
    public async Task A_test_says_valid_refused_or_unreachable_and_the_status_follows()
    {
        var user = await Server.CreateUserAsync();
        var path = $"/api/keys/{await CreateAsync(user, "sk-test-me-please")}";

        Assert.Equal("valid active", await TestAsync(user, path));
        Assert.Contains(await stage.Simulator.BookAsync("sk-test-me-please"), c => c.Path.EndsWith("/models", StringComparison.Ordinal));
        await stage.Simulator.FaultsAsync(new { failStatus = 401 });
        Assert.Equal("refused refused", await TestAsync(user, path));
        Assert.Null(await FindAsync(user));
        await stage.Simulator.FaultsAsync(new { failStatus = 503 });
        Assert.Equal("unreachable refused", await TestAsync(user, path));
        await stage.Simulator.ResetAsync();
        Assert.Equal("valid active", await TestAsync(user, path));
        Assert.NotNull(await FindAsync(user));
    }

    [Fact]
    public async Task Uses_are_counted_by_day_and_month_and_a_refused_key_is_set_aside()
    {
        var user = await Server.CreateUserAsync();
        var id = await CreateAsync(user, "count-me-please");
        var (keys, endpoint) = (Server.Services.GetRequiredService<IOwnKeys>(), (await FindAsync(user))!);
        for (var i = 0; i < 3; i++)
        {
            keys.Used(user.Id, endpoint, null);
        }

        await TestDatabase.ExecuteAsync(Server, $"INSERT INTO accounts.provider_key_days VALUES ('{id}', '2020-01-01', 40)");
        await Server.Services.GetRequiredService<OwnProviderKeys>().FlushAsync(default);

        var view = await (await user.Http.GetAsync($"/api/keys/{id}")).DataAsync();
        Assert.Equal("""{"totalCalls":43,"monthlyUsage":3,"dailyUsage":3}""", view.GetProperty("usageStats").GetRawText());
        Assert.Equal(JsonValueKind.String, view.GetProperty("lastUsed").ValueKind);

        keys.Used(user.Id, endpoint, Refusal);
        await Server.Services.GetRequiredService<OwnProviderKeys>().FlushAsync(default);
        Assert.Equal("refused", (await (await user.Http.GetAsync($"/api/keys/{id}")).DataAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_success_or_a_test_beats_a_refusal_that_is_older_but_written_down_later()
    {
        var user = await Server.CreateUserAsync();
        var path = $"/api/keys/{await CreateAsync(user, "sk-turned-away-once")}";
        var keys = Server.Services.GetRequiredService<OwnProviderKeys>();
        using var others = ActivatorUtilities.CreateInstance<OwnProviderKeys>(Server.Services); // as another node has them
        var (here, there) = ((await keys.FindAsync(user.Id, "openai", default))!, (await others.FindAsync(user.Id, "openai", default))!);
        async Task<string?> StatusAsync() => (await (await user.Http.GetAsync(path)).DataAsync()).GetProperty("status").GetString();

        keys.Used(user.Id, here, Refusal);
        keys.Used(user.Id, here, null); // the same node
        await keys.FlushAsync(default);
        Assert.Equal("active", await StatusAsync());

        keys.Used(user.Id, here, Refusal);
        others.Used(user.Id, there, null); // another node, written down first
        await others.FlushAsync(default);
        await keys.FlushAsync(default);
        Assert.Equal("active", await StatusAsync());

        keys.Used(user.Id, here, Refusal);
        others.Used(user.Id, there, null); // another node, written down last
        await keys.FlushAsync(default);
        await others.FlushAsync(default);
        Assert.Equal("active", await StatusAsync());

        keys.Used(user.Id, here, Refusal);
        Assert.Equal("valid active", await TestAsync(user, path)); // a test that leaves the status as it was
        await keys.FlushAsync(default);
        Assert.Equal("active", await StatusAsync());

        others.Used(user.Id, there, null);
        keys.Used(user.Id, here, Refusal);
        await keys.FlushAsync(default);
        await others.FlushAsync(default);
        Assert.Equal("refused", await StatusAsync()); // the last word all the same
    }

    [Fact]
    public async Task A_disabled_key_waits_and_the_newest_of_several_is_used()
    {
        var user = await Server.CreateUserAsync();
        await CreateAsync(user, "first-key-value");
        var second = await CreateAsync(user, "second-key-value");
        Assert.Equal("second-key-value", (await FindAsync(user))!.Secret);

        await (await user.Http.PutAsJsonAsync($"/api/keys/{second}", new { status = "disabled" })).DataAsync();
        Assert.Equal("first-key-value", (await FindAsync(user))!.Secret);
        await (await user.Http.PutAsJsonAsync($"/api/keys/{second}", new { status = "refused" })).FaultAsync(400, "FIELD_INVALID");
    }

    [Fact]
    public async Task Keys_with_two_halves_come_apart()
    {
        var user = await Server.CreateUserAsync();
        await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "tencent", keyName = "t", keyValue = "AKID123:secret456" })).DataAsync(201);

        var endpoint = await Server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "tencent", default);

        Assert.Equal(("AKID123", "secret456"), (endpoint!.SecretId, endpoint.Secret));
    }

    [Fact]
    public async Task Keys_are_rotated_under_load_without_one_that_fails_to_open()
    {
        await using var server = await stage.StartAsync(); // other tests spoil rows on purpose
        ValueTask<ProviderEndpoint?> FindAsync(TestUser user) => server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "openai", default);
        var users = new List<TestUser>();
        for (var i = 0; i < 12; i++)
        {
            users.Add(await server.CreateUserAsync());
            await CreateAsync(users[^1], $"load-key-of-{i:000}");
        }

        using var stop = new CancellationTokenSource();
        var (opened, failed) = (0, 0);
        var readers = Enumerable.Range(0, 4).Select(r => Task.Run(async () =>
        {
            for (var i = r; !stop.IsCancellationRequested; i++)
            {
                var user = users[i % users.Count];
                server.Services.GetRequiredService<OwnProviderKeys>().Forget(user.Id);
                var key = await FindAsync(user);
                Interlocked.Increment(ref key?.Secret == $"load-key-of-{i % users.Count:000}" ? ref opened : ref failed);
            }
        })).ToArray();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var user = await server.CreateUserAsync();
                await CreateAsync(user, "made-meanwhile-1");
                Interlocked.Increment(ref (await FindAsync(user))?.Secret == "made-meanwhile-1" ? ref opened : ref failed);
            }
        });

        var rotation = server.Services.GetRequiredService<SecretRotation>();
        var reports = new List<RotationReport>();
        for (var i = 0; i < 5; i++)
        {
            reports.Add(await rotation.RunAsync(default));
        }

        await stop.CancelAsync();
        await Task.WhenAll([.. readers, writer]);
        Assert.Equal(0, failed);
        Assert.True(opened > 50, $"{opened} opened");
        Assert.All(reports, r => Assert.Empty(r.Broken));
        Assert.True(reports.All(r => r.Proved >= users.Count && r.Renewed > 0));
    }

    [Fact]
    public async Task A_rotation_that_was_cut_is_finished_by_the_next_with_the_same_key()
    {
        await using var server = await stage.StartAsync();
        var user = await server.CreateUserAsync();
        for (var i = 0; i < 8; i++)
        {
            await stage.CreateAsync(user, $"key-number-{i:00}");
        }

        var ring = server.Services.GetRequiredService<EncryptionRing>();
        var box = server.Services.GetRequiredService<SecretBox>();
        var table = new CutOff(server.Services.GetRequiredService<ProviderKeyBoxes>(), after: 3);
        var database = server.Services.GetRequiredService<AIMake.Platform.Database.Database>();
        await Assert.ThrowsAsync<IOException>(() => new SecretRotation(ring, box, [table], database, TimeProvider.System).RunAsync(default));
        var key = ring.Current.ToString();
        Assert.Equal("key-number-07", (await server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "openai", default))!.Secret);

        var report = await server.Services.GetRequiredService<SecretRotation>().RunAsync(default);

        Assert.Equal((key, false, 5, 8), (report.Key, report.Made, report.Renewed, report.Proved));
        Assert.Empty(report.Broken);
        Assert.Equal(2, ring.All.Count); // the old key stays for a day: a server may have used it in the last moment
    }

    [Fact]
    public async Task The_command_says_what_it_did_and_names_what_does_not_open()
    {
        await using var server = await stage.StartAsync();
        var user = await server.CreateUserAsync();
        await stage.CreateAsync(user, "command-key-1");
        var bad = await stage.CreateAsync(user, "command-key-2");
        string[] settings = ["--data", server.DataFolder, "--Database:Url", server.ConnectionString];

        using var well = new StringWriter();
        Assert.Equal(0, await AIMake.Operations.KeysCommand.RotateAsync(settings, well, default));
        Assert.Contains("renewed    2", well.ToString(), StringComparison.Ordinal);
        Assert.Contains("proved     2 secrets open", well.ToString(), StringComparison.Ordinal);
        Assert.Equal("command-key-2", (await server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "openai", default))!.Secret); // the server runs on

        await TestDatabase.ExecuteAsync(server, $"UPDATE accounts.provider_keys SET host = 'elsewhere.example.com' WHERE id = '{bad}'");
        using var ill = new StringWriter();
        Assert.Equal(1, await AIMake.Operations.KeysCommand.RotateAsync(settings, ill, default));
        Assert.Contains($"FAULT      accounts.provider_keys {bad}", ill.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("command-key", well.ToString() + ill, StringComparison.Ordinal);
    }

    private static ProviderFault Refusal { get; } = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.Unauthorized, Retryable: false);

    private Task<Guid> CreateAsync(TestUser user, string value) => stage.CreateAsync(user, value);

    private ValueTask<ProviderEndpoint?> FindAsync(TestUser user) => Server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "openai", default);

    private async Task<string> RowAsync(string id) => (string)(await TestDatabase.ExecuteAsync(Server, $"SELECT to_jsonb(k)::text FROM accounts.provider_keys k WHERE id = '{id}'"))!;

    private static async Task<string> TestAsync(TestUser user, string path)
    {
        var answer = await (await user.Http.PostAsync($"{path}/test", null)).DataAsync();
        return $"{answer.GetProperty("result").GetString()} {answer.GetProperty("status").GetString()}";
    }

    /// <summary>A table whose server dies in the middle.</summary>
    private sealed class CutOff(ISealedTable table, int after) : ISealedTable
    {
        private int _left = after;

        public string Name => table.Name;

        public Task<IReadOnlyList<SealedRow>> ReadAsync(AIMake.Platform.Database.DbSession session, Guid? after, int take, CancellationToken ct) =>
            table.ReadAsync(session, after, take, ct);

        public Task<bool> ReplaceAsync(AIMake.Platform.Database.DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) =>
            _left-- > 0 ? table.ReplaceAsync(session, id, old, renewed, ct) : throw new IOException("cut");
    }

    /// <summary>A simulator, and servers that may call it.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        public SimulatorHost Simulator { get; } = new();

        public TestServer Server { get; private set; } = null!;

        internal CapturedLogs Logs { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Simulator.InitializeAsync();
            Server = await StartAsync(b =>
            {
                b.Logging.ClearProviders();
                b.Logging.AddProvider(Logs);
            });
        }

        internal Task<TestServer> StartAsync(Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? adjust = null) => TestServer.StartAsync(
            ["--Outbound:AllowedHosts", Simulator.Host, .. adjust is null ? Array.Empty<string>() : ["--Logging:LogLevel:Default", "Information", "--Logging:LogLevel:AIMake", "Trace"]], adjust);

        public async Task<Guid> CreateAsync(TestUser user, string value) =>
            (await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "k", keyValue = value, baseUrl = Simulator.BaseUrl })).DataAsync(201))
            .GetProperty("id").GetGuid();

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Simulator.DisposeAsync();
        }
    }
}
