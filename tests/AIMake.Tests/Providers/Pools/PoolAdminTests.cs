using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AIMake.Providers;
using AIMake.Providers.Pools;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using AIMake.Tests.Providers.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Providers.Pools;

/// <summary>An operator at the pools: adds, weighs, tests and removes keys, sees what happens to them, and never sees a key.</summary>
public sealed class PoolAdminTests(PoolAdminTests.Stage stage) : IClassFixture<PoolAdminTests.Stage>
{
    private const string Secret = "sk-canary-0123456789-WXYZ";

    private static readonly ProviderFault Unauthorized = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.Unauthorized, false, Detail: "status 401");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_added_is_used_by_every_node_and_shown_to_nobody()
    {
        var key = await AddAsync("added", Secret);

        Assert.Equal(("sk-can", "WXYZ", "added", 3, "healthy"), (Text(key, "prefix"), Text(key, "last4"), Text(key, "source"), key.GetProperty("weight").GetInt32(), Text(key, "state")));
        Assert.Equal(Secret, Endpoint(stage.Server, "added")!.Endpoint.Secret);
        await Watch(stage.Other).LookAsync(Ct);
        Assert.Equal(Secret, Endpoint(stage.Other, "added")!.Endpoint.Secret);

        foreach (var path in new[] { "", "/added/keys", "/added/events" })
            Assert.DoesNotContain("canary-0123456789", await stage.Admin.Http.GetStringAsync($"/api/admin/providers{path}", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", await DumpAsync("added"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_renamed_weighed_set_aside_and_forgotten()
    {
        var id = (await AddAsync("changed", Secret)).GetProperty("id").GetGuid();

        using var put = await stage.Admin.Http.PutAsJsonAsync($"/api/admin/providers/changed/keys/{id}", new { weight = 9, disabled = true, name = "second" }, Ct);
        var changed = await put.DataAsync();
        Assert.Equal((9, true, "second"), (changed.GetProperty("weight").GetInt32(), changed.GetProperty("disabled").GetBoolean(), Text(changed, "name")));
        Assert.False(stage.Server.Services.GetRequiredService<IProviderRouter>().IsOffered("changed"));

        using var gone = await stage.Admin.Http.DeleteAsync($"/api/admin/providers/changed/keys/{id}", Ct);
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        Assert.Null(Endpoint(stage.Server, "changed"));
        using var again = await stage.Admin.Http.DeleteAsync($"/api/admin/providers/changed/keys/{id}", Ct);
        await again.FaultAsync(404, "NOT_FOUND");
    }

    [Fact]
    public async Task A_test_takes_a_refused_key_out_and_brings_a_good_one_back_on_every_node()
    {
        var id = (await AddAsync("tested", Secret)).GetProperty("id").GetGuid();
        await Watch(stage.Other).LookAsync(Ct);
        stage.Vendor.Verdict = endpoint => endpoint.Provider == "tested" ? Unauthorized : null;
        Assert.Equal(("refused", "status 401"), await TestAsync("tested", id));
        var there = stage.Other.Services.GetRequiredService<ProviderRegistry>().Find("tested")!;
        there.Heard(there.Find(id)!, Unauthorized);
        Assert.Equal("unauthorized", Text((await KeysAsync("tested")).Single(), "state"));

        stage.Vendor.Verdict = endpoint => endpoint.Provider == "tested" ? new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unreachable, true, Detail: "no route") : null;
        Assert.Equal(("unreachable", "no route"), await TestAsync("tested", id));
        Assert.Equal("unauthorized", Text((await KeysAsync("tested")).Single(), "state"));

        stage.Vendor.Verdict = _ => null;
        Assert.Equal(("valid", null), await TestAsync("tested", id));
        Assert.Equal("healthy", Text((await KeysAsync("tested")).Single(), "state"));
        Assert.Equal(KeyState.Unauthorized, there.View().Keys.Single().State);
        await Watch(stage.Other).LookAsync(Ct);
        Assert.Equal(KeyState.Healthy, there.View().Keys.Single().State);
    }

    [Fact]
    public async Task A_key_that_was_topped_up_comes_back_by_itself()
    {
        var id = (await AddAsync("retested", Secret)).GetProperty("id").GetGuid();
        var pool = stage.Server.Services.GetRequiredService<ProviderRegistry>().Find("retested")!;
        pool.Heard(pool.Find(id)!, Unauthorized with { Kind = ProviderFaultKind.QuotaExhausted });

        stage.Vendor.Verdict = endpoint => endpoint.Provider == "retested" ? Unauthorized : null;
        await stage.Server.Services.GetRequiredService<KeyRetest>().RunOnceAsync(Ct);
        Assert.Equal(KeyState.OutOfQuota, pool.View().Keys.Single().State);

        stage.Vendor.Verdict = _ => null;
        await stage.Server.Services.GetRequiredService<KeyRetest>().RunOnceAsync(Ct);
        Assert.Equal(KeyState.Healthy, pool.View().Keys.Single().State);
    }

    [Fact]
    public async Task What_happens_to_keys_is_remembered_newest_first_page_by_page()
    {
        var id = (await AddAsync("eventful", Secret)).GetProperty("id").GetGuid();
        var pool = stage.Server.Services.GetRequiredService<ProviderRegistry>().Find("eventful")!;
        pool.Heard(pool.Find(id)!, Unauthorized with { Kind = ProviderFaultKind.Throttled, RetryAfter = TimeSpan.FromSeconds(40), Detail = "status 429" });
        pool.Readmit(id, "by hand");

        var seen = new List<string>();
        await WaitUntilAsync(async () => (await EventsAsync("eventful", "")).Items.Count == 3);
        for (var cursor = ""; cursor is not null;)
        {
            var (items, next) = await EventsAsync("eventful", $"?limit=2{(cursor == "" ? "" : $"&cursor={cursor}")}");
            seen.AddRange(items.Select(item => $"{Text(item, "what")} {Text(item, "key")} {Text(item, "detail")}".TrimEnd()));
            cursor = next;
        }
        Assert.Equal(["recovered first by hand", "throttled first status 429", "added first"], seen);
    }

    [Fact]
    public async Task Keys_of_the_settings_are_shown_and_left_to_the_settings()
    {
        var key = (await KeysAsync("openai")).Single();
        Assert.Equal(("settings", "sk-set", "4321"), (Text(key, "source"), Text(key, "prefix"), Text(key, "last4")));
        var path = $"/api/admin/providers/openai/keys/{Text(key, "id")}";

        using var put = await stage.Admin.Http.PutAsJsonAsync(path, new { disabled = true }, Ct);
        using var delete = await stage.Admin.Http.DeleteAsync(path, Ct);
        await put.FaultAsync(409, "KEY_FROM_SETTINGS");
        await delete.FaultAsync(409, "KEY_FROM_SETTINGS");
        using var twice = await stage.Admin.Http.PostAsJsonAsync("/api/admin/providers/openai/keys", new { name = "again", key = Stage.SettingsKey }, Ct);
        await twice.FaultAsync(409, "KEY_EXISTS");
    }

    [Theory]
    [InlineData("""{"name":"","key":"sk-1"}""", "FIELD_INVALID", "name")]
    [InlineData("""{"name":"a","key":"sk\r\nX-Evil: 1"}""", "FIELD_INVALID", "key")]
    [InlineData("""{"name":"a","key":""}""", "FIELD_INVALID", "key")]
    [InlineData("""{"name":"a","key":"sk-1","weight":0}""", "FIELD_OUT_OF_RANGE", "weight")]
    [InlineData("""{"name":"a","key":"sk-1","baseUrl":"https://evil.example"}""", "UNKNOWN_FIELD", "baseUrl")]
    [InlineData("""{"name":"a"}""", "FIELD_REQUIRED", "key")]
    public async Task What_is_no_key_is_refused_by_field(string body, string code, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await stage.Admin.Http.PostAsync("/api/admin/providers/added/keys", content, Ct);

        Assert.Equal(field, Text(await answer.FaultAsync(400, code), "field"));
    }

    [Fact]
    public async Task Keys_of_pairs_have_two_halves()
    {
        using var half = await stage.Admin.Http.PostAsJsonAsync("/api/admin/providers/tencent/keys", new { name = "a", key = "only" }, Ct);
        await half.FaultAsync(400, "FIELD_INVALID");
        using var whole = await stage.Admin.Http.PostAsJsonAsync("/api/admin/providers/tencent/keys", new { name = "a", key = "AKID:verysecretindeed-0001" }, Ct);
        var id = (await whole.DataAsync(201)).GetProperty("id").GetGuid();

        var endpoint = stage.Server.Services.GetRequiredService<ProviderRegistry>().Find("tencent")!.Find(id)!.Endpoint;
        Assert.Equal(("AKID", "verysecretindeed-0001"), (endpoint.SecretId, endpoint.Secret));
    }

    [Fact]
    public async Task Providers_are_listed_with_what_they_make_and_how_they_are()
    {
        await AddAsync("listed", Secret);
        var pool = stage.Server.Services.GetRequiredService<ProviderRegistry>().Find("listed")!;
        var listed = await ProvidersAsync();
        Assert.Equal(("ok", "scripted", "vendor.example", 1), (Text(listed["listed"], "state"), Text(listed["listed"], "type"), Text(listed["listed"], "host"), listed["listed"].GetProperty("keys").GetProperty("healthy").GetInt32()));
        Assert.Equal("off", Text(listed["kie"], "state"));
        Assert.Contains("chat", listed["openai"].GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));

        await AddAsync("listed", Secret + "2");
        pool.Heard(pool.View().Keys[0].Setup is { } first ? pool.Find(first.Id)! : null!, Unauthorized);
        Assert.Equal("degraded", Text((await ProvidersAsync())["listed"], "state"));
        Assert.True(stage.Server.Services.GetRequiredService<PoolService>().AllWork());
        pool.Heard(pool.Find(pool.View().Keys[1].Setup.Id)!, Unauthorized);
        Assert.Equal("down", Text((await ProvidersAsync())["listed"], "state"));

        Assert.False(stage.Server.Services.GetRequiredService<PoolService>().AllWork());
        await WaitUntilAsync(async () =>
        {
            using var ready = await stage.Server.Anonymous.GetAsync("/health/ready", Ct);
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode); // a reason to look, none to go elsewhere
            return Text(await ready.Content.ReadFromJsonAsync<JsonElement>(Ct), "status") == "degraded";
        });
        foreach (var key in pool.View().Keys) pool.Readmit(key.Setup.Id);
    }

    [Fact]
    public async Task A_key_is_not_sent_to_another_host_than_the_one_it_was_entered_for()
    {
        await AddAsync("moved", Secret);
        await using var later = await TestServer.StartAsync(adjust: builder => builder.Services.AddSingleton<IProviderSource>(
            new Fixed([new ProviderSetup("moved", stage.Vendor, new Uri("https://elsewhere.example"))])), sharing: stage.Server);

        Assert.False(later.Services.GetRequiredService<IProviderRouter>().IsOffered("moved"));
        await using var row = NpgsqlDataSource.Create(stage.Server.ConnectionString);
        await using (var command = row.CreateCommand("UPDATE providers.pool_keys SET host = 'elsewhere.example' WHERE provider = 'moved'; UPDATE providers.pool_revision SET revision = revision + 1"))
            await command.ExecuteNonQueryAsync(Ct);
        await Watch(later).LookAsync(Ct);

        Assert.False(later.Services.GetRequiredService<IProviderRouter>().IsOffered("moved")); // the box is bound to the host, not only the row
    }

    [Fact]
    public async Task Nobody_but_an_administrator_gets_in_and_unknown_providers_are_not_there()
    {
        var user = await stage.Server.CreateUserAsync();
        using var forbidden = await user.Http.GetAsync("/api/admin/providers", Ct);
        using var anonymous = await stage.Server.Anonymous.GetAsync("/api/admin/providers/openai/keys", Ct);
        using var unknown = await stage.Admin.Http.GetAsync("/api/admin/providers/nobody/keys", Ct);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (forbidden.StatusCode, anonymous.StatusCode, unknown.StatusCode));
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static StoredKeysWatch Watch(TestServer server) => server.Services.GetRequiredService<StoredKeysWatch>();

    private static PoolKey? Endpoint(TestServer server, string provider) =>
        server.Services.GetRequiredService<ProviderRegistry>().Find(provider)!.TryTake(null, out var key) == TakeResult.Taken ? key : null;

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Yield();
    }

    private async Task<JsonElement> AddAsync(string provider, string key)
    {
        using var answer = await stage.Admin.Http.PostAsJsonAsync($"/api/admin/providers/{provider}/keys", new { name = "first", key, weight = 3 }, Ct);
        return await answer.DataAsync(201);
    }

    private async Task<(string Result, string? Detail)> TestAsync(string provider, Guid id)
    {
        using var answer = await stage.Admin.Http.PostAsync($"/api/admin/providers/{provider}/keys/{id}/test", null, Ct);
        var data = await answer.DataAsync();
        return (Text(data, "result")!, Text(data, "detail"));
    }

    private async Task<IReadOnlyList<JsonElement>> KeysAsync(string provider)
    {
        using var answer = await stage.Admin.Http.GetAsync($"/api/admin/providers/{provider}/keys", Ct);
        return [.. (await answer.DataAsync()).GetProperty("items").EnumerateArray()];
    }

    private async Task<(IReadOnlyList<JsonElement> Items, string? Next)> EventsAsync(string provider, string query)
    {
        using var answer = await stage.Admin.Http.GetAsync($"/api/admin/providers/{provider}/events{query}", Ct);
        var data = await answer.DataAsync();
        return ([.. data.GetProperty("items").EnumerateArray()], Text(data, "nextCursor"));
    }

    private async Task<Dictionary<string, JsonElement>> ProvidersAsync()
    {
        using var answer = await stage.Admin.Http.GetAsync("/api/admin/providers?limit=100", Ct);
        return (await answer.DataAsync()).GetProperty("items").EnumerateArray().ToDictionary(item => Text(item, "name")!);
    }

    private async Task<string> DumpAsync(string provider)
    {
        await using var source = NpgsqlDataSource.Create(stage.Server.ConnectionString);
        await using var command = source.CreateCommand("SELECT string_agg(k::text || encode(box, 'escape'), ' ') FROM providers.pool_keys k WHERE provider = $1");
        command.Parameters.Add(new() { Value = provider });
        return ((string)(await command.ExecuteScalarAsync(Ct))!).Replace("sk-can", "", StringComparison.Ordinal);
    }

    /// <summary>Two nodes over one database, with providers that are the test's.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        public const string SettingsKey = "sk-settings-000000004321";

        private static readonly string[] Names = ["added", "changed", "tested", "retested", "eventful", "listed", "moved"];

        internal ScriptedVendor Vendor { get; } = new();

        public TestServer Server { get; private set; } = null!;

        public TestServer Other { get; private set; } = null!;

        public TestUser Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await StartAsync(null);
            Other = await StartAsync(Server);
            Admin = await Server.CreateAdminAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Other.DisposeAsync();
            await Server.DisposeAsync();
        }

        private Task<TestServer> StartAsync(TestServer? sharing) => TestServer.StartAsync(
            ["--Providers:OpenAi:ApiKey", SettingsKey],
            builder => builder.Services.AddSingleton<IProviderSource>(new Fixed([.. Names.Select(name => new ProviderSetup(name, Vendor, new Uri("https://vendor.example")))])),
            sharing);
    }

    private sealed class Fixed(IReadOnlyList<ProviderSetup> setups) : IProviderSource
    {
        public IReadOnlyList<ProviderSetup> Current => setups;
    }
}
