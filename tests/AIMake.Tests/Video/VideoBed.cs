using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Npgsql;

namespace AIMake.Tests.Video;

/// <summary>The whole server with the shipped catalog in front of the simulator, asking about videos every few milliseconds.</summary>
public sealed class VideoBed : IAsyncLifetime
{
    private string[] _more = [];

    public SimulatorHost Simulator { get; } = new();

    public TestServer Server { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="more">Further settings, which win.</param>
    public static async Task<VideoBed> StartAsync(params string[] more)
    {
        var bed = new VideoBed { _more = more };
        await bed.InitializeAsync();
        return bed;
    }

    public async ValueTask InitializeAsync()
    {
        await Simulator.InitializeAsync();
        Server = await TestServer.StartAsync([.. Settings(Simulator), .. _more]);
    }

    /// <summary>A second node on the same database.</summary>
    public Task<TestServer> StartNodeAsync(params string[] more) => TestServer.StartAsync([.. Settings(Simulator), .. _more, .. more], sharing: Server);

    /// <summary>Providers at the simulator. Faults are set by tests that share a key, so no key is put out for them.</summary>
    public static string[] Settings(SimulatorHost simulator)
    {
        var address = $"http://{simulator.Host}";
        return
        [
            "--Outbound:AllowedHosts:0", simulator.Host, "--Video:PollEvery", "00:00:00.020", "--Generations:PollEvery", "00:00:00.030", "--Generations:BackOff", "00:00:00.020",
            "--Providers:Kie:BaseUrl", $"{address}/kie", "--Providers:Kie:UploadUrl", $"{address}/kie-files", "--Providers:Kie:ApiKey", "kie-1,kie-2",
            "--Providers:Kie:Resilience:BreakAfter", "1000", "--Providers:Kie:Resilience:BreakAtLeastCalls", "1000",
            "--Providers:Runway:BaseUrl", $"{address}/runway", "--Providers:Runway:ApiKey", "key_1",
            "--Providers:Runway:Resilience:BreakAfter", "1000", "--Providers:Runway:Resilience:BreakAtLeastCalls", "1000",
            "--Providers:Synthesia:BaseUrl", $"{address}/synthesia", "--Providers:Synthesia:ApiKey", "sk-simulated", "--Providers:Synthesia:WebhookSecret", "whs-test",
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync(); // which audits the ledger
        await Simulator.DisposeAsync();
    }

    /// <returns>The answer's video.</returns>
    public static async Task<JsonElement> OrderAsync(HttpClient http, object body, int status = 200)
    {
        using var answer = await http.PostAsJsonAsync("/v1/videos", body, Ct);
        return await VideoAsync(answer, status);
    }

    public static async Task<JsonElement> VideoAsync(HttpResponseMessage answer, int status = 200)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True((int)answer.StatusCode == status, $"Expected {status}, got {(int)answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Asks until it has ended.</summary>
    public static async Task<JsonElement> EndAsync(HttpClient http, JsonElement video)
    {
        while (true)
        {
            using var answer = await http.GetAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct);
            var now = await VideoAsync(answer);
            if (now.GetProperty("status").GetString() is "completed" or "failed")
            {
                return now;
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Expects an end with this error.</summary>
    public static async Task<JsonElement> FailureAsync(HttpClient http, JsonElement video, string code)
    {
        var ended = await EndAsync(http, video);
        Assert.Equal("failed", ended.GetProperty("status").GetString());
        Assert.Equal(code, ended.GetProperty("error").GetProperty("code").GetString());
        return ended;
    }

    public static Guid IdOf(JsonElement video) => Guid.ParseExact(video.GetProperty("id").GetString()!["video_".Length..], "N");

    /// <summary>What the user has left, and what is set aside.</summary>
    public static async Task<(decimal Remaining, decimal Held)> CreditsAsync(HttpClient http)
    {
        var data = await (await http.GetAsync("/api/credits", Ct)).DataAsync();
        return (data.GetProperty("remainingCredits").GetDecimal(), data.GetProperty("heldCredits").GetDecimal());
    }

    /// <summary>The usage event of a video: provider, seconds, credits, cost in micro-USD, source, own key, cut. Null: none.</summary>
    public async Task<(string Provider, decimal Seconds, decimal Credits, long? Cost, string Source, bool OwnKey, bool Cut)?> UsageAsync(Guid operation)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT provider, millis, credits, cost, source, own_key, cut FROM usage.events WHERE operation = $1", connection);
        command.Parameters.Add(new() { Value = operation });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        return await reader.ReadAsync(Ct)
            ? (reader.GetString(0), reader.GetInt64(1) / 1000m, new Micro(reader.GetInt64(2)).Credits, await reader.IsDBNullAsync(3, Ct) ? null : reader.GetInt64(3), reader.GetValue(4).ToString()!, reader.GetBoolean(5), reader.GetBoolean(6))
            : null;
    }

    public async Task<T?> ScalarAsync<T>(string sql, Guid id)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteScalarAsync(Ct) is T value ? value : default;
    }

    public async Task<T> ScalarWhenAsync<T>(string sql, Guid id, Func<T?, bool> condition)
    {
        while (true)
        {
            var value = await ScalarAsync<T>(sql, id);
            if (condition(value))
            {
                return value!;
            }

            await Task.Delay(10, Ct);
        }
    }

    /// <summary>The vendor's id of a video's task, once it has one.</summary>
    public Task<string> TaskOfAsync(JsonElement video) =>
        ScalarWhenAsync<string>("SELECT task_id FROM video.videos WHERE id = $1", IdOf(video), task => task is not null);

    /// <summary>Calls of one vendor's path in the simulator's book.</summary>
    public async Task<IReadOnlyList<SimulatedCall>> CallsAsync(string path) => [.. (await Simulator.BookAsync()).Where(c => c.Path.StartsWith(path, StringComparison.Ordinal))];
}
