using System.Text.Json;
using AIMake.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>The whole server in front of a scripted upstream that speaks OpenAI's dialect, with a small price list of its own.</summary>
public sealed class GatewayBed : IAsyncLifetime
{
    private string[] _settings = [];

    /// <summary>Settings beyond the bed's own, or other ones in their place.</summary>
    internal string[] More { get; init; } = [];

    internal ScriptedUpstream Upstream { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    internal static async Task<GatewayBed> StartAsync(params string[] more)
    {
        var bed = new GatewayBed { More = more };
        await bed.InitializeAsync();
        return bed;
    }

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var catalog = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalog, GatewayRequests.Catalog);
        _settings =
        [
            "--Catalog:Path", catalog, "--Outbound:AllowedHosts:0", new Uri(Upstream.BaseUrl).Authority, "--Gateway:CheckpointEvery", "00:00:00.200",
            "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", Upstream.BaseUrl, "--Providers:upstream:ApiKey", "sk-upstream-canary",
            "--Providers:upstream:MaxConcurrency", "1000",
            // Tests that break things share this upstream with tests that do not: it is asked once, and again by the next.
            "--Providers:upstream:Resilience:MaxRetries", "0", "--Providers:upstream:Resilience:BreakAfter", "1000", "--Providers:upstream:Resilience:BreakAtLeastCalls", "1000",
            .. More,
        ];
        Server = await TestServer.StartAsync(_settings);
    }

    /// <summary>A second node on the same database.</summary>
    internal Task<TestServer> StartNodeAsync(params string[] more) => TestServer.StartAsync([.. _settings, .. more], sharing: Server);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }

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
