using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;

namespace AIMake.Faults.Video;

/// <summary>F12, F36: servers killed between the steps of a video. A vendor is never asked to make one twice, and nobody pays for one twice.</summary>
public sealed class KilledVideoTests : IAsyncLifetime
{
    private const string Order = "/kie/api/v1/veo/generate";

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private readonly SimulatorHost _simulator = new();
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await _simulator.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_database);
        await _simulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <param name="orders">How often the vendor was asked to make it, in both lives together.</param>
    /// <param name="status">What became of it. Where it is not known whether the vendor took the order, it has failed and is free.</param>
    [Theory]
    [InlineData("video.ordering", 0, "failed")]
    [InlineData("video.submitted", 1, "failed")]
    [InlineData("video.ordered", 1, "completed")]
    [InlineData("video.polled", 1, "completed")]
    [InlineData("video.stored", 1, "completed")]
    public async Task A_kill_between_two_steps_of_a_video_orders_and_charges_it_once_at_most(string step, int orders, string status)
    {
        string token;
        JsonElement video;
        await using (var first = await StartAsync($"{step}:kill"))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            video = await OrderAsync(user.Http);
            Assert.Equal(137, await first.ExitAsync());
        }

        await using var second = await StartAsync();
        using var http = second.ClientFor(token);
        var ended = await EndAsync(http, video);

        Assert.Equal(status, ended.GetProperty("status").GetString());
        Assert.Equal(orders, (await _simulator.BookAsync()).Count(c => c.Path == Order));
        var charged = (await ServerProcess.DataAsync(await http.GetAsync("/api/credits", Ct))).GetProperty("usedCredits").GetDecimal();
        Assert.Equal(status == "completed" ? 45 : 0, charged);
        if (status == "completed")
        {
            var library = await ServerProcess.DataAsync(await http.GetAsync("/api/library", Ct));
            Assert.Equal(1, library.GetProperty("items").GetArrayLength());
            var bytes = await http.GetByteArrayAsync($"/v1/videos/{ended.GetProperty("id").GetString()}/content", Ct);
            Assert.Equal("ftyp"u8.ToArray(), bytes[4..8]);
        }
        else
        {
            Assert.Equal("generation_failed", ended.GetProperty("error").GetProperty("code").GetString());
        }
    }

    /// <summary>Nothing where the answer went down with the server: the order was accepted all the same.</summary>
    private static async Task<JsonElement> OrderAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync("/v1/videos", new { model = "veo3_fast", prompt = "Once" }, Ct);
            return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct));
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }

    private static async Task<JsonElement> EndAsync(HttpClient http, JsonElement video)
    {
        var id = video.ValueKind == JsonValueKind.Object
            ? video.GetProperty("id").GetString()
            : JsonElement.Parse(await http.GetStringAsync("/v1/videos", Ct)).GetProperty("data")[0].GetProperty("id").GetString();
        while (true)
        {
            var now = JsonElement.Parse(await http.GetStringAsync($"/v1/videos/{id}", Ct));
            if (now.GetProperty("status").GetString() is "completed" or "failed")
            {
                return now;
            }

            await Task.Delay(50, Ct);
        }
    }

    private Task<ServerProcess> StartAsync(string? fault = null) => ServerProcess.StartAsync(
        _data, _database, fault: fault, settings:
        [
            "--Generations:Lease", "00:00:06", "--Generations:Renewal", "00:00:01", "--Generations:ReapEvery", "00:00:01", "--Generations:PollEvery", "00:00:00.050",
            "--Video:PollEvery", "00:00:00.050", "--Outbound:AllowedHosts:0", _simulator.Host, "--Providers:Kie:BaseUrl", $"http://{_simulator.Host}/kie", "--Providers:Kie:ApiKey", "kie-1,kie-2",
        ]);
}
