using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Faults.Platform;

/// <summary>F14: SIGTERM in the middle of work.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-stop-").FullName;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_database);
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Feeds_are_told_jobs_are_handed_back_and_the_process_leaves_with_0_within_30_seconds()
    {
        string token;
        await using (var first = await ServerProcess.StartAsync(_data, _database))
        {
            var (_, user, issued) = await first.CreateUserAsync();
            token = issued;
            for (var n = 0; n < 5; n++)
            {
                using var started = await user.PostAsJsonAsync("/api/tts/generate", new { text = LongText(n), voiceId = "espeak:en-us" }, Ct);
                Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
            }

            using var feed = await user.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Ct);
            var told = feed.Content.ReadAsStringAsync(Ct);

            var stopping = Stopwatch.StartNew();
            Assert.Equal(0, await first.TerminateAsync());

            Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(30), $"{stopping.Elapsed}");
            Assert.Contains("event: server_shutting_down", await told, StringComparison.Ordinal);
        }

        await using var second = await ServerProcess.StartAsync(_data, _database);
        using var again = second.ClientFor(token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (true)
        {
            var page = await ServerProcess.DataAsync(await again.GetAsync("/api/generations?limit=100", limit.Token));
            var statuses = page.GetProperty("items").EnumerateArray().Select(g => g.GetProperty("status").GetString()).ToArray();
            Assert.Equal(5, statuses.Length);
            Assert.DoesNotContain("failed", statuses);
            if (statuses.All(s => s == "succeeded"))
            {
                return;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    private static string LongText(int n) =>
        string.Join(' ', Enumerable.Range(0, 150).Select(i => $"This is sentence number {i} of text number {n}, and it is read aloud."));
}
