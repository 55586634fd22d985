using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Faults.Generations;

/// <summary>Servers killed in the middle of paid work: every accepted piece ends once, is charged once, and has its file.</summary>
public sealed class KilledServerTests : IAsyncLifetime
{
    private static readonly string[] Quick =
    [
        "--Generations:Lease", "00:00:06", "--Generations:Renewal", "00:00:01", "--Generations:ReapEvery", "00:00:01",
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_database);
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>F12, F38: the process dies between any two steps of a paid call.</summary>
    [Theory]
    [InlineData("start.held", 0)]
    [InlineData("start.committed", 1)]
    [InlineData("run.begun", 1)]
    [InlineData("store.flushed", 1)]
    [InlineData("store.renamed", 1)]
    [InlineData("run.finished", 1)]
    [InlineData("end.recorded", 1)]
    [InlineData("end.committed", 1)]
    public async Task A_kill_between_two_steps_leaves_the_work_done_once_or_not_begun(string step, int expected)
    {
        string token;
        await using (var first = await ServerProcess.StartAsync(_data, _database, fault: $"{step}:kill", settings: Quick))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            await Assert.ThrowsAnyAsync<Exception>(() => SpeakAsync(user.Http, "One sentence that is spoken once."));
            Assert.Equal(137, await first.ExitAsync());
        }

        await using var second = await ServerProcess.StartAsync(_data, _database, settings: Quick);
        using var http = second.ClientFor(token);
        var ended = await EndOfAllAsync(http);
        var library = await ServerProcess.DataAsync(await http.GetAsync("/api/audios", Ct));

        Assert.Equal(expected, ended.Count);
        Assert.All(ended, g => Assert.Equal("succeeded", g.GetProperty("status").GetString()));
        Assert.Equal(expected, library.GetProperty("items").GetArrayLength());
        var spent = (await ServerProcess.DataAsync(await http.GetAsync("/api/credits", Ct))).GetProperty("usedCredits").GetDecimal();
        Assert.Equal(ended.Sum(g => g.GetProperty("credits").GetDecimal()), spent);
    }

    [Fact]
    public async Task Ten_long_jobs_survive_a_kill_and_each_is_charged_once()
    {
        string token;
        var ids = new List<string>();
        await using (var first = await ServerProcess.StartAsync(_data, _database, settings: Quick))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            ids.AddRange(await StartLongAsync(user.Http, 10));
            await RunningAsync(user.Http);
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(_data, _database, settings: Quick);
        using var http = second.ClientFor(token);
        await AllOnceAsync(http, ids);
    }

    [Fact]
    public async Task Of_two_workers_one_is_killed_and_the_other_finishes_everything_once()
    {
        await using var api = await ServerProcess.StartAsync(_data, _database, "api", settings: Quick);
        await using var doomed = await ServerProcess.StartAsync(_data, _database, "worker", settings: Quick);
        await using var heir = await ServerProcess.StartAsync(_data, _database, "worker", settings: Quick);
        var user = await api.CreateUserAsync();
        var ids = await StartLongAsync(user.Http, 10);
        await RunningAsync(user.Http);

        await doomed.KillAsync();

        await AllOnceAsync(user.Http, ids);
    }

    [Fact]
    public async Task Two_api_nodes_and_two_workers_share_work_and_live_events()
    {
        await using var one = await ServerProcess.StartAsync(_data, _database, "api", settings: Quick);
        await using var two = await ServerProcess.StartAsync(_data, _database, "api", settings: Quick);
        await using var first = await ServerProcess.StartAsync(_data, _database, "worker", settings: Quick);
        await using var second = await ServerProcess.StartAsync(_data, _database, "worker", settings: Quick);
        var user = await one.CreateUserAsync();
        var ids = await StartLongAsync(user.Http, 4);

        using var elsewhere = two.ClientFor(user.Token);
        using var events = await elsewhere.GetAsync($"/api/generations/{ids[^1]}/events", HttpCompletionOption.ResponseHeadersRead, Ct);
        var told = await events.Content.ReadAsStringAsync(Ct);

        Assert.Matches("event: (progress|stage)", told); // on a busy machine the work may be nearly done before the first look
        Assert.Contains("event: end", told, StringComparison.Ordinal);
        await AllOnceAsync(elsewhere, ids);
    }

    private static string LongText(int n) =>
        string.Join(' ', Enumerable.Range(0, 250).Select(i => $"This is sentence number {i} of text number {n}, and it is read aloud."));

    private static async Task<List<string>> StartLongAsync(HttpClient http, int count)
    {
        var ids = new List<string>();
        for (var n = 0; n < count; n++)
        {
            ids.Add((await SpeakAsync(http, LongText(n))).GetProperty("generationId").GetString()!);
        }

        return ids;
    }

    private static async Task<JsonElement> SpeakAsync(HttpClient http, string text) =>
        await ServerProcess.DataAsync(await http.PostAsJsonAsync("/api/tts/generate", new { text, voiceId = "espeak:en-us", format = "mp3" }, Ct));

    /// <summary>Waits until at least one job is being spoken, so that the kill interrupts something.</summary>
    private static async Task RunningAsync(HttpClient http)
    {
        while (!(await ListAsync(http)).Any(g => g.GetProperty("status").GetString() == "running"))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task AllOnceAsync(HttpClient http, IReadOnlyCollection<string> ids)
    {
        var ended = await EndOfAllAsync(http);

        Assert.Equal(ids.Order(), ended.Select(g => g.GetProperty("id").GetString()).Order());
        Assert.All(ended, g => Assert.Equal("succeeded", g.GetProperty("status").GetString()));
        Assert.All(ended, g => Assert.Single(g.GetProperty("assets").EnumerateArray()));
        var spent = (await ServerProcess.DataAsync(await http.GetAsync("/api/credits", Ct))).GetProperty("usedCredits").GetDecimal();
        Assert.Equal(ended.Sum(g => g.GetProperty("credits").GetDecimal()), spent);
        Assert.True(spent > 0);
    }

    private static async Task<List<JsonElement>> EndOfAllAsync(HttpClient http)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (true)
        {
            var all = await ListAsync(http);
            if (all.All(g => g.GetProperty("finishedAt").ValueKind != JsonValueKind.Null))
            {
                return all;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<List<JsonElement>> ListAsync(HttpClient http)
    {
        var page = await ServerProcess.DataAsync(await http.GetAsync("/api/generations?limit=100", Ct));
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
