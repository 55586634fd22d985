using System.Net.Http.Json;
using AIMake.Operations;
using AIMake.Platform.Secrets;
using AIMake.Providers.Declarative;
using AIMake.Providers.Routing;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Security;

/// <summary>Other people's secrets at rest: every place in the database that holds one takes part in a rotation, and every key stays with its host.</summary>
public sealed class SealedTablesTests : IAsyncLifetime
{
    /// <summary>Columns of bytes that hold no secret, and what they hold.</summary>
    private static readonly Dictionary<string, string> NotSealed = new(StringComparer.Ordinal)
    {
        ["digest"] = "hash", ["state"] = "hash", ["browser"] = "hash", ["parent"] = "hash", ["replaced_by"] = "hash", ["key"] = "hash", ["request_hash"] = "hash", ["peaks"] = "outline of a sound",
        ["body"] = "what a caller was answered, kept for a repeated request", ["job_data"] = "the schedule's", ["blob_data"] = "the schedule's", ["calendar"] = "the schedule's",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-declared-").FullName;
    private ScriptedUpstream _upstream = null!;
    private TestServer _server = null!;
    private TestUser _admin = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        await WriteFileAsync("api.lumen.dev");
        _server = await StartAsync();
        _admin = await _server.CreateAdminAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_column_that_holds_sealed_bytes_belongs_to_a_table_that_is_rotated()
    {
        var columns = await ColumnsAsync();
        var tables = _server.Services.GetServices<ISealedTable>().Select(table => table.Name).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(tables, columns.Where(c => !NotSealed.ContainsKey(c.Column)).Select(c => c.Table).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_rotation_renews_and_proves_keys_of_users_of_the_pool_and_of_declared_providers()
    {
        var user = await _server.CreateUserAsync();
        await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "mine", keyValue = "sk-of-a-user-0123456789" }, Ct)).DataAsync(201);
        await AddAsync("openai", "sk-of-the-pool-0123456789");
        await AddAsync("lumen", "key-of-a-file-0123456789");
        var before = await KeysInUseAsync();

        using var said = new StringWriter();
        Assert.Equal(0, await KeysCommand.RotateAsync(["--data", _server.DataFolder, "--Database:Url", _server.ConnectionString, "--Declarative:Folder", _folder], said, Ct));

        Assert.Contains("renewed    3", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("proved     3 secrets open", said.ToString(), StringComparison.Ordinal);
        var after = await KeysInUseAsync();
        Assert.Equal((1, 1), (before.Count, after.Count));
        Assert.NotEqual(before.Single(), after.Single());
        await using var later = await StartAsync(_server); // a node that has only the new boxes
        Assert.Equal(("sk-of-the-pool-0123456789", "key-of-a-file-0123456789"), (Secret(later, "openai"), Secret(later, "lumen")));
        Assert.Equal("sk-of-a-user-0123456789", (await later.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "openai", Ct))!.Secret);
    }

    [Fact]
    public async Task A_file_that_names_another_host_does_not_take_the_old_ones_key_along()
    {
        var user = await _server.CreateUserAsync();
        await AddAsync("lumen", "key-of-a-file-0123456789");
        await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "lumen", keyName = "mine", keyValue = "key-of-a-user-0123456789" }, Ct)).DataAsync(201);
        Assert.True(_server.Services.GetRequiredService<IProviderRouter>().IsOffered("lumen"));

        await WriteFileAsync(new Uri(_upstream.BaseUrl).Authority);

        var router = _server.Services.GetRequiredService<IProviderRouter>();
        Assert.Equal(new Uri(_upstream.BaseUrl).Authority, _server.Services.GetRequiredService<ProviderRegistry>().Find("lumen")!.Setup.BaseUrl.Authority);
        Assert.False(router.IsOffered("lumen"));
        var keys = await (await _admin.Http.GetAsync("/api/admin/providers/lumen/keys", Ct)).DataAsync();
        var key = Assert.Single(keys.GetProperty("items").EnumerateArray());
        Assert.Equal(("moved", "entered for api.lumen.dev"), (key.GetProperty("state").GetString(), key.GetProperty("lastFault").GetString()));
        var id = key.GetProperty("id").GetString();
        await (await _admin.Http.PostAsync($"/api/admin/providers/lumen/keys/{id}/test", null, Ct)).FaultAsync(404, "NOT_FOUND");
        Assert.Null(await _server.Services.GetRequiredService<IOwnKeys>().FindAsync(user.Id, "lumen", Ct));
        Assert.Empty(_upstream.Seen);

        await (await _admin.Http.DeleteAsync($"/api/admin/providers/lumen/keys/{id}", Ct)).DataAsync();
        await AddAsync("lumen", "key-of-a-file-0123456789"); // entered again, for where it now goes
        Assert.True(router.IsOffered("lumen"));
    }

    [Fact]
    public async Task The_files_are_listed_with_what_is_wrong_at_which_line_and_field()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.json"), "{\n  \"baseUrl\": 3\n}", Ct);
        Look();

        var files = (await (await _admin.Http.GetAsync("/api/admin/provider-files", Ct)).DataAsync()).GetProperty("items").EnumerateArray().ToList();

        Assert.StartsWith("key: LUMEN_API_KEY is not set.", Assert.Single(files[1].GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal([("broken", "refused"), ("lumen", "needsKey")], files.Select(f => (f.GetProperty("name").GetString()!, f.GetProperty("state").GetString()!)));
        Assert.Equal("line 2, baseUrl: must be a text", files[0].GetProperty("problems")[0].GetString());
        var user = await _server.CreateUserAsync();
        await (await user.Http.GetAsync("/api/admin/provider-files", Ct)).FaultAsync(403, "FORBIDDEN");
    }

    private static string Secret(TestServer server, string provider) => server.Services.GetRequiredService<ProviderRegistry>().Find(provider)!.View().Keys.Single().Setup.Secret;

    private Task<TestServer> StartAsync(TestServer? sharing = null) =>
        TestServer.StartAsync(["--Declarative:Folder", _folder, "--Outbound:AllowedHosts:0", new Uri(_upstream.BaseUrl).Authority], sharing: sharing);

    private void Look() => _server.Services.GetRequiredService<DeclarativeFolder>().Look(settled: true);

    private async Task WriteFileAsync(string host)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "lumen.json"),
            $$$"""
            {
              "baseUrl": "{{{(host.Contains(':', StringComparison.Ordinal) ? "http" : "https")}}}://{{{host}}}/v1", "auth": { "type": "bearer" }, "key": { "env": "LUMEN_API_KEY" }, "test": { "path": "/me" },
              "embedding": { "request": { "path": "/vectors", "body": { "texts": "{{inputs}}" } }, "answer": { "vectors": "vectors.*" } },
              "models": [ { "id": "lumen-v", "kind": "embedding", "name": "Lumen", "description": { "en": "x", "zh": "x" },
                "prices": [ { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ] } ]
            }
            """,
            Ct);
        if (_server is not null)
        {
            Look();
        }
    }

    private async Task AddAsync(string provider, string key) =>
        await (await _admin.Http.PostAsJsonAsync($"/api/admin/providers/{provider}/keys", new { name = "first", key }, Ct)).DataAsync(201);

    /// <summary>Every column of bytes in the database.</summary>
    private async Task<List<(string Table, string Column)>> ColumnsAsync()
    {
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        await using var command = source.CreateCommand(
            """
            SELECT n.nspname || '.' || c.relname, a.attname FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.atttypid = 'bytea'::regtype AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            """);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var columns = new List<(string, string)>();
        while (await reader.ReadAsync(Ct))
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    /// <summary>Ids of the ring's keys that boxes anywhere are under.</summary>
    private async Task<HashSet<string>> KeysInUseAsync()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        foreach (var (table, column) in (await ColumnsAsync()).Where(c => !NotSealed.ContainsKey(c.Column)))
        {
            await using var command = source.CreateCommand($"SELECT {column} FROM {table}");
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
            {
                ids.Add(Convert.ToHexString(SecretBox.KeyIdOf((byte[])reader[0])));
            }
        }

        return ids;
    }
}
