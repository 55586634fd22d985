using System.Text;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>The whole server in front of a scripted upstream that speaks OpenAI's dialect, with a small price list of its own.</summary>
public sealed class GatewayBed : IAsyncLifetime
{
    /// <summary>Model <c>parrot</c>: 1 credit for 1,000 tokens read, 0.5 of that for cached ones, 2 for 1,000 written; at most 1,000 of those.</summary>
    public const string Catalog = """
        { "models": [
          { "id": "parrot", "upstream": "parrot-2026", "kind": "chat", "provider": "upstream", "name": "Parrot", "description": { "en": "", "zh": "" },
            "prices": [
              { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" },
              { "unit": "cached-token", "per": 1000, "credits": 0.5, "source": "test", "date": "2026-11-20" },
              { "unit": "output-token", "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" } ],
            "limits": { "outputTokens": 1000 } },
          { "id": "vectors", "kind": "embedding", "provider": "upstream", "name": "Vectors", "description": { "en": "", "zh": "" },
            "prices": [ { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ] },
          { "id": "unpriced", "kind": "chat", "provider": "upstream", "name": "Unpriced", "description": { "en": "", "zh": "" } }
        ], "voices": [] }
        """;

    private string[] _settings = [];

    internal ScriptedUpstream Upstream { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var catalog = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalog, Catalog);
        _settings =
        [
            "--Catalog:Path", catalog, "--Outbound:AllowedHosts:0", new Uri(Upstream.BaseUrl).Authority, "--Gateway:CheckpointEvery", "00:00:00.200",
            "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", Upstream.BaseUrl, "--Providers:upstream:ApiKey", "sk-upstream-canary",
            "--Providers:upstream:MaxConcurrency", "1000",
            // Tests that break things share this upstream with tests that do not: it is asked once, and again by the next.
            "--Providers:upstream:Resilience:MaxRetries", "0", "--Providers:upstream:Resilience:BreakAfter", "1000", "--Providers:upstream:Resilience:BreakAtLeastCalls", "1000",
        ];
        Server = await TestServer.StartAsync(_settings);
    }

    /// <summary>A second node on the same database.</summary>
    internal Task<TestServer> StartNodeAsync() => TestServer.StartAsync(_settings, sharing: Server);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    public static HttpContent Json(string body) => new StringContent(body, Encoding.UTF8, "application/json");

    public static string Chat(string extra = "", string text = "Hello") =>
        $$"""{"model":"parrot","messages":[{"role":"user","content":"{{text}}"}]{{extra}}}""";

    /// <summary>What the user has left, and what is set aside.</summary>
    public async Task<(decimal Remaining, decimal Held)> CreditsAsync(TestUser user)
    {
        var data = await (await user.Http.GetAsync("/api/credits")).DataAsync();
        return (data.GetProperty("remainingCredits").GetDecimal(), data.GetProperty("heldCredits").GetDecimal());
    }

    /// <summary>The usage events of a user, oldest first: kind, model, tokens in and out, credits, source, cut.</summary>
    public async Task<IReadOnlyList<(string Model, long In, long Out, decimal Credits, string Source, bool Cut)>> UsageAsync(TestUser user)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT model, input_tokens, output_tokens, credits, source, cut FROM usage.events WHERE user_id = $1 ORDER BY seq", connection);
        command.Parameters.Add(new() { Value = user.Id });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, long, long, decimal, string, bool)>();
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), new Micro(reader.GetInt64(3)).Credits, reader.GetValue(4).ToString()!, reader.GetBoolean(5)));
        }

        return rows;
    }

    /// <summary>Expects a refusal in OpenAI's shape.</summary>
    public static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"Expected {status} {code}, got {(int)response.StatusCode}: {text}");
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error;
    }
}
