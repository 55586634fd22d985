using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Operations.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestUser _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _admin = await _server.CreateAdminAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_a_user_does_with_their_account_is_written_down_with_who_and_from_where()
    {
        var user = await _server.CreateUserAsync();
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Email, password = user.Password })).DataAsync();
        await user.CreateKeyAsync("chat");
        await user.RevokeKeysAsync();
        await (await user.Http.PutAsJsonAsync("/api/auth/password", new { currentPassword = user.Password, newPassword = "quite another one" })).DataAsync();

        var entries = await ListAsync($"actor={user.Id}");

        Assert.Equal(["password.changed", "key.deleted", "key.created", "session.signed_in", "account.created"], entries.Select(e => e.GetProperty("action").GetString()));
        Assert.All(entries, e =>
        {
            Assert.Equal(user.Username, e.GetProperty("actor").GetProperty("username").GetString());
            Assert.Equal("127.0.0.1", e.GetProperty("address").GetString());
            Assert.True(Guid.TryParse(e.GetProperty("requestId").GetString(), out _));
        });
        Assert.Equal("chat", entries[2].GetProperty("detail").GetProperty("scopes").GetString());
        var all = JsonSerializer.Serialize(entries);
        Assert.All([user.Email, user.Password, user.AccessToken], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_becomes_of_keys_and_sessions_is_written_down_without_the_keys()
    {
        const string Secret = "sk-a-key-of-somebodys-own-0123456789";
        var user = await _server.CreateUserAsync();
        await (await _server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Email, password = user.Password })).DataAsync();
        var token = await user.CreateKeyAsync(new { name = "a private name", scopes = new[] { "chat" } });
        await (await user.Http.PutAsJsonAsync($"/api/tokens/{token.GetProperty("id").GetString()}", new { name = "another name", scopes = new[] { "usage" } })).DataAsync();
        var key = await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "a private name", keyValue = Secret })).DataAsync(201);
        await (await user.Http.PutAsJsonAsync($"/api/keys/{key.GetProperty("id").GetString()}", new { status = "disabled" })).DataAsync();
        await (await user.Http.DeleteAsync($"/api/keys/{key.GetProperty("id").GetString()}")).DataAsync();
        await (await user.Http.DeleteAsync("/api/auth/sessions")).DataAsync();

        var entries = await ListAsync($"actor={user.Id}");

        Assert.Equal(
            ["session.ended", "provider_key.deleted", "provider_key.changed", "provider_key.added", "key.changed", "key.created", "session.signed_in", "account.created"],
            entries.Select(e => e.GetProperty("action").GetString()));
        Assert.Equal(("disabled", "false"), (Fact(entries[2], "status"), Fact(entries[2], "replaced")));
        Assert.Equal(("usage", "1"), (Fact(entries[4], "scopes"), Fact(entries[0], "others")));
        var all = JsonSerializer.Serialize(entries);
        Assert.All([Secret, token.GetProperty("secret").GetString()!, "a private name", "another name"], content => Assert.DoesNotContain(content, all, StringComparison.Ordinal));

        static string? Fact(JsonElement entry, string name) => entry.GetProperty("detail").GetProperty(name).GetString();
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged()
    {
        foreach (var _ in Enumerable.Range(0, 5))
        {
            await _server.CreateUserAsync();
        }

        var first = await (await _admin.Http.GetAsync("/api/admin/audit?action=account.created&limit=4")).DataAsync();
        var second = await (await _admin.Http.GetAsync($"/api/admin/audit?action=account.created&limit=4&cursor={first.GetProperty("nextCursor").GetString()}")).DataAsync();
        var ids = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(e => e.GetProperty("id").GetGuid()).ToList();

        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(6, ids.Count);
        Assert.Empty(await ListAsync("action=role.changed"));
        Assert.Empty(await ListAsync("to=2020-01-01T00:00:00Z"));
        await (await _admin.Http.GetAsync("/api/admin/audit?action=nothing")).FaultAsync(400, "FIELD_INVALID");
        await (await _admin.Http.GetAsync("/api/admin/audit?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")).FaultAsync(400, "FIELD_INVALID");
        await (await _admin.Http.GetAsync("/api/admin/audit?actor=x")).FaultAsync(400, "FIELD_INVALID");
        Assert.Contains("second_factor.failed", (await (await _admin.Http.GetAsync("/api/admin/audit/actions")).DataAsync()).GetProperty("actions").EnumerateArray().Select(a => a.GetString()));
    }

    [Theory]
    [InlineData("UPDATE operations.audit SET action = 'nothing.happened'")]
    [InlineData("UPDATE operations.audit SET actor = NULL, address = NULL")]
    [InlineData("UPDATE operations.audit SET address = '203.0.113.9'")]
    [InlineData("DELETE FROM operations.audit")]
    [InlineData("TRUNCATE operations.audit")]
    public async Task What_is_written_stays_written(string sql)
    {
        var thrown = await Assert.ThrowsAsync<PostgresException>(() => TestDatabase.ExecuteAsync(_server, sql));

        Assert.Contains("only added to", thrown.MessageText, StringComparison.Ordinal);
        Assert.NotEmpty(await ListAsync(""));
    }

    [Fact]
    public async Task When_a_user_leaves_what_they_did_stays_and_from_where_does_not()
    {
        var user = await _server.CreateUserAsync();
        using var leave = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) };
        await (await user.Http.SendAsync(leave)).DataAsync();

        var entries = await ListAsync($"actor={user.Id}");

        Assert.Equal(["account.deleted", "account.created"], entries.Select(e => e.GetProperty("action").GetString()));
        Assert.All(entries, e =>
        {
            Assert.Equal(JsonValueKind.Null, e.GetProperty("actor").GetProperty("username").ValueKind);
            Assert.Equal(JsonValueKind.Null, e.GetProperty("address").ValueKind);
        });
    }

    [Fact]
    public async Task A_deed_that_was_undone_leaves_no_entry()
    {
        var user = await _server.CreateUserAsync();
        var before = (await ListAsync("")).Count;

        await (await _server.Anonymous.PostAsJsonAsync(
            "/api/auth/register", new { username = "somebody", email = user.Email, password = "correct horse", agreement = true })).FaultAsync(409, "EMAIL_TAKEN");

        Assert.Equal(before, (await ListAsync("")).Count);
    }

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await (await _admin.Http.GetAsync($"/api/admin/audit?limit=100&{query}")).DataAsync()).GetProperty("items").EnumerateArray()];
}
