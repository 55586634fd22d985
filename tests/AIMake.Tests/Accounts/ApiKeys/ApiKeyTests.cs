using System.Net.Http.Json;
using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.ApiKeys;

public sealed class ApiKeyTests(ClockedServer shared) : IClassFixture<ClockedServer>
{
    private readonly TestServer _server = shared.Server;

    /// <summary>S19.</summary>
    [Fact]
    public async Task A_key_is_shown_once_and_known_by_its_ends_from_then_on()
    {
        var user = await _server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new
        {
            name = "Build 机器人", scopes = new[] { "speech", "chat", "chat" }, models = new[] { "tts-1", "gen4.5" }, expiresAt = shared.Clock.GetUtcNow().AddDays(9),
            creditLimit = new { amount = 1.5, window = "week" }, rateLimit = 10, maxConcurrency = 3,
        });
        var secret = made.GetProperty("secret").GetString()!;

        var read = await (await user.Http.GetAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync();
        var list = await (await user.Http.GetAsync("/api/tokens")).DataAsync();

        Assert.DoesNotContain(secret[12..], read.GetRawText() + list.GetRawText(), StringComparison.Ordinal);
        Assert.False(read.TryGetProperty("secret", out _));
        Assert.Equal("aimake_live_", read.GetProperty("prefix").GetString());
        Assert.Equal(secret[^4..], read.GetProperty("last4").GetString());
        Assert.Equal("""["chat","speech"]""", read.GetProperty("scopes").GetRawText());
        Assert.Equal("""["tts-1","gen4.5"]""", read.GetProperty("models").GetRawText());
        Assert.Equal("""{"amount":1.5,"window":"week","used":0}""", read.GetProperty("creditLimit").GetRawText());
        Assert.Equal(10, read.GetProperty("rateLimit").GetInt32());
        Assert.Equal(3, read.GetProperty("maxConcurrency").GetInt32());
        Assert.Equal(list.GetProperty("items")[0].GetRawText(), read.GetRawText());
    }

    /// <summary>S17.</summary>
    [Theory]
    [InlineData("""{"name":"x","scopes":["/*"]}""", 403, "SCOPE_EXCEEDS_GRANT")]
    [InlineData("""{"name":"x","scopes":["*"]}""", 403, "SCOPE_EXCEEDS_GRANT")]
    [InlineData("""{"name":"x","scopes":["chat","admin"]}""", 403, "SCOPE_EXCEEDS_GRANT")]
    [InlineData("""{"name":"x","scopes":["Chat"]}""", 403, "SCOPE_EXCEEDS_GRANT")]
    [InlineData("""{"name":"x","scopes":["chat"],"rateLimit":1000001}""", 403, "SCOPE_EXCEEDS_GRANT")]
    [InlineData("""{"name":"x","scopes":[]}""", 400, "FIELD_REQUIRED")]
    [InlineData("""{"name":"x"}""", 400, "FIELD_REQUIRED")]
    [InlineData("""{"name":"","scopes":["chat"]}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"a\nb","scopes":["chat"]}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"teamId":"7"}""", 400, "UNKNOWN_FIELD")]
    [InlineData("""{"name":"x","scopes":["chat"],"userId":"7"}""", 400, "UNKNOWN_FIELD")]
    [InlineData("""{"name":"x","scopes":["chat"],"models":[]}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"models":["a b"]}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"models":["tts-1","nope"]}""", 400, "MODEL_UNKNOWN", "'nope'")]
    [InlineData("""{"name":"x","scopes":["chat","root"]}""", 403, "SCOPE_EXCEEDS_GRANT", "'root'")]
    [InlineData("""{"name":"x","scopes":["chat"],"expiresAt":"2020-01-01T00:00:00Z"}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"creditLimit":{"amount":-1,"window":"day"}}""", 400, "FIELD_OUT_OF_RANGE")]
    [InlineData("""{"name":"x","scopes":["chat"],"creditLimit":{"amount":1e30,"window":"day"}}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"creditLimit":{"amount":20000000000,"window":"day"}}""", 400, "FIELD_OUT_OF_RANGE")]
    [InlineData("""{"name":"x","scopes":["chat"],"creditLimit":{"amount":1,"window":"year"}}""", 400, "FIELD_INVALID")]
    [InlineData("""{"name":"x","scopes":["chat"],"rateLimit":0}""", 400, "FIELD_OUT_OF_RANGE")]
    [InlineData("""{"name":"x","scopes":["chat"],"maxConcurrency":-1}""", 400, "FIELD_OUT_OF_RANGE")]
    public async Task A_key_is_given_nothing_beyond_its_makers_rights_and_no_nonsense(string body, int status, string code, string named = "")
    {
        var user = await _server.CreateUserAsync();
        var id = (await user.CreateKeyAsync(new { name = "kept", scopes = new[] { "chat" } })).GetProperty("id").GetString();

        var told = await (await user.Http.PostAsync("/api/tokens", Json(body))).FaultAsync(status, code);
        Assert.Contains(named, told.GetProperty("message").GetString(), StringComparison.Ordinal);
        await (await user.Http.PutAsync($"/api/tokens/{id}", Json(body))).FaultAsync(status, code);

        Assert.Equal("kept", (await (await user.Http.GetAsync($"/api/tokens/{id}")).DataAsync()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Each_way_of_sending_a_key_is_the_same_caller()
    {
        var user = await _server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat");

        foreach (var (header, prefix) in new[] { ("Authorization", "Bearer "), ("Authorization", "bearer "), ("x-api-key", ""), ("api-key", "") })
        {
            Assert.Equal((200, user.Id.ToString()), await GetAsync("/test/chat", (header, prefix + key)));
            Assert.Equal((200, user.Id.ToString()), await GetAsync("/test/open-chat", (header, prefix + key)));
        }

        Assert.Equal(200, (await GetAsync("/test/chat", ("Authorization", $"Bearer {key}"), ("x-api-key", key))).Status);
    }

    [Fact]
    public async Task Credentials_that_contradict_each_other_are_none()
    {
        var user = await _server.CreateUserAsync();
        var (key, other) = (await user.CreateKeyAsync("chat"), await user.CreateKeyAsync("chat"));

        Assert.Equal(401, (await GetAsync("/test/chat", ("Authorization", $"Bearer {key}"), ("x-api-key", other))).Status);
        Assert.Equal(401, (await GetAsync("/test/chat", ("x-api-key", key), ("api-key", other))).Status);
        Assert.Equal(401, (await GetAsync("/test/chat", ("Authorization", $"Bearer {user.AccessToken}"), ("x-api-key", key))).Status);
        Assert.Equal(401, (await GetAsync("/test/chat", ("x-api-key", user.AccessToken))).Status);
        Assert.Equal(401, (await GetAsync("/test/chat", ("Authorization", $"Basic {key}"))).Status);
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_name_and_nothing_else()
    {
        var admin = await _server.CreateAdminAsync();
        var key = _server.ClientWith(await admin.CreateKeyAsync("chat", "account:read"));

        Assert.Equal(admin.Id.ToString(), await key.GetStringAsync("/test/chat"));
        await (await key.GetAsync("/api/auth/me")).DataAsync();
        await (await key.GetAsync("/api/credits")).DataAsync();
        Assert.Equal("nobody", await key.GetStringAsync("/test/public"));
        foreach (var path in new[] { "/test/admin", "/test/caller", "/api/tokens", "/api/auth/sessions", "/api/library" })
        {
            await (await key.GetAsync(path)).FaultAsync(403, "SCOPE_DENIED");
        }

        await (await key.PostAsJsonAsync("/api/tokens", new { name = "child", scopes = new[] { "chat" } })).FaultAsync(403, "SCOPE_DENIED");
        await (await key.PutAsJsonAsync("/api/auth/me", new { firstName = "X" })).FaultAsync(403, "SCOPE_DENIED");
        await (await _server.ClientWith(await admin.CreateKeyAsync("usage")).GetAsync("/test/open-chat")).FaultAsync(403, "SCOPE_DENIED");
    }

    [Fact]
    public async Task Somebody_elses_key_is_not_there()
    {
        var (owner, stranger) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        var path = $"/api/tokens/{(await owner.CreateKeyAsync(new { name = "mine", scopes = new[] { "chat" } })).GetProperty("id").GetString()}";

        await (await stranger.Http.GetAsync(path)).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.PutAsJsonAsync(path, new { name = "yours", scopes = new[] { "chat" } })).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.DeleteAsync(path)).FaultAsync(404, "NOT_FOUND");
        Assert.Empty((await (await stranger.Http.GetAsync("/api/tokens")).DataAsync()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task New_terms_hold_at_once_and_a_revoked_key_is_gone()
    {
        var user = await _server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" } });
        var path = $"/api/tokens/{made.GetProperty("id").GetString()}";
        var key = _server.ClientWith(made.GetProperty("secret").GetString()!);
        Assert.Equal(200, (int)(await key.GetAsync("/test/chat")).StatusCode);

        await (await user.Http.PutAsJsonAsync(path, new { name = "k2", scopes = new[] { "usage" } })).DataAsync();
        await (await key.GetAsync("/test/chat")).FaultAsync(403, "SCOPE_DENIED");

        await (await user.Http.DeleteAsync(path)).DataAsync();
        await (await key.GetAsync("/api/credits")).FaultAsync(401, "INVALID_API_KEY");
        await (await user.Http.GetAsync(path)).FaultAsync(404, "NOT_FOUND");
        await (await user.Http.DeleteAsync(path)).FaultAsync(404, "NOT_FOUND");
    }

    /// <summary>S20.</summary>
    [Fact]
    public async Task A_key_ends_when_its_time_is_over()
    {
        var user = await _server.CreateUserAsync();
        var key = _server.ClientWith((await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, expiresAt = shared.Clock.GetUtcNow().AddSeconds(3) })).GetProperty("secret").GetString()!);
        Assert.Equal(200, (int)(await key.GetAsync("/test/chat")).StatusCode);

        shared.Clock.Advance(TimeSpan.FromSeconds(3));

        await (await key.GetAsync("/test/chat")).FaultAsync(401, "INVALID_API_KEY");
    }

    /// <summary>S20.</summary>
    [Fact]
    public async Task Revoked_on_one_node_a_key_is_refused_on_the_other_within_five_seconds()
    {
        await using var other = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(shared.Clock), sharing: _server, map: GateRoutes.Map);
        var user = await _server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" } });
        var key = other.ClientWith(made.GetProperty("secret").GetString()!);
        Assert.Equal(200, (int)(await key.GetAsync("/test/chat")).StatusCode);

        await (await user.Http.DeleteAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync();
        shared.Clock.Advance(ApiKeyStates.MaxAge);

        await (await key.GetAsync("/test/chat")).FaultAsync(401, "INVALID_API_KEY");
        Assert.True(ApiKeyStates.MaxAge < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_key_of_a_disabled_user_opens_nothing()
    {
        var user = await _server.CreateUserAsync();
        var key = _server.ClientWith(await user.CreateKeyAsync("chat"));
        Assert.Equal(200, (int)(await key.GetAsync("/test/chat")).StatusCode);

        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.users SET status = 'disabled' WHERE id = '{user.Id}'");
        shared.Clock.Advance(ApiKeyStates.MaxAge);

        await (await key.GetAsync("/test/chat")).FaultAsync(401, "INVALID_API_KEY");
    }

    [Fact]
    public async Task The_stream_of_a_revoked_key_is_cut()
    {
        var user = await _server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" } });
        var key = _server.ClientWith(made.GetProperty("secret").GetString()!);
        using var stream = await key.GetAsync("/test/chat/stream", HttpCompletionOption.ResponseHeadersRead);
        var live = _server.Services.GetRequiredService<LiveCallers>();

        shared.Clock.Advance(LiveCallers.Round);
        await live.CheckAsync(CancellationToken.None);
        await (await user.Http.DeleteAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync();
        shared.Clock.Advance(LiveCallers.Round);
        await live.CheckAsync(CancellationToken.None);

        await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsByteArrayAsync().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_written_down_in_a_while()
    {
        var user = await _server.CreateUserAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" } });
        var path = $"/api/tokens/{made.GetProperty("id").GetString()}";
        var at = shared.Clock.GetUtcNow();
        await _server.ClientWith(made.GetProperty("secret").GetString()!).GetAsync("/test/chat");

        await _server.Services.GetRequiredService<ApiKeyUses>().FlushAsync(CancellationToken.None);

        Assert.Equal(at, (await (await user.Http.GetAsync(path)).DataAsync()).GetProperty("lastUsedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Keys_are_listed_by_pages_and_no_more_are_made_than_anybody_can_oversee()
    {
        var user = await _server.CreateUserAsync();
        for (var i = 0; i < ApiKeyService.MostKeys; i++)
        {
            await user.CreateKeyAsync("chat");
        }

        await (await user.Http.PostAsJsonAsync("/api/tokens", new { name = "one more", scopes = new[] { "chat" } })).FaultAsync(409, "TOO_MANY_KEYS");
        var seen = new HashSet<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await (await user.Http.GetAsync($"/api/tokens?limit=30&cursor={cursor}")).DataAsync();
            Assert.All(page.GetProperty("items").EnumerateArray(), k => Assert.True(seen.Add(k.GetProperty("id").GetGuid())));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        Assert.Equal(ApiKeyService.MostKeys, seen.Count);
    }

    [Fact]
    public async Task A_key_has_a_pace_and_a_breadth_of_its_own()
    {
        var user = await _server.CreateUserAsync();
        var paced = _server.ClientWith((await user.CreateKeyAsync(new { name = "p", scopes = new[] { "chat" }, rateLimit = 2 })).GetProperty("secret").GetString()!);
        using var first = await paced.GetAsync("/test/chat");
        Assert.Equal("\"key\";r=1;t=30", first.Headers.GetValues("RateLimit").Single());
        await paced.GetAsync("/test/chat");
        using var third = await paced.GetAsync("/test/chat");
        await third.FaultAsync(429, "RATE_LIMITED");
        Assert.Equal("30", third.Headers.GetValues("Retry-After").Single());

        var narrow = _server.ClientWith((await user.CreateKeyAsync(new { name = "n", scopes = new[] { "chat" }, maxConcurrency = 1 })).GetProperty("secret").GetString()!);
        using (await narrow.GetAsync("/test/chat/stream", HttpCompletionOption.ResponseHeadersRead))
        {
            using var second = await narrow.GetAsync("/test/chat");
            await second.FaultAsync(429, "CONCURRENCY_LIMITED");
            Assert.Equal("1", second.Headers.GetValues("Retry-After").Single());
        }

        // The client closes an unread stream after two seconds; then the slot is free again.
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while ((await narrow.GetAsync("/test/chat")).StatusCode != System.Net.HttpStatusCode.OK)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20), "the slot was never given back");
        }
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private async Task<(int Status, string Body)> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _server.Anonymous.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
