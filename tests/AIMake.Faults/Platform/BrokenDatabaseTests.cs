using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Platform.Database;
using AIMake.Tests.Credits;
using Npgsql;

namespace AIMake.Faults.Platform;

/// <summary>The database crashes, freezes, or lets nobody in: callers get an honest 503, and what was acknowledged is there.</summary>
public sealed class BrokenDatabaseTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private FaultyPostgres _postgres = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _postgres = await FaultyPostgres.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>F01.</summary>
    [Fact]
    public async Task What_was_acknowledged_survives_crashes_of_the_database_under_load()
    {
        var acknowledged = new ConcurrentBag<string>();
        var answers = new ConcurrentDictionary<string, int>();
        await using (var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString))
        {
            var user = await server.CreateUserAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var load = Enumerable.Range(0, 4).Select(n => LoadAsync(user.Http, n, acknowledged, answers, stop.Token)).ToArray();
            for (var crash = 0; crash < 3; crash++)
            {
                var before = acknowledged.Count;
                await UntilAsync(() => Task.FromResult(acknowledged.Count > before + 5));
                await _postgres.CrashAndRestartAsync();
                await BackWithinAsync(server.Http, TimeSpan.FromSeconds(5));
            }

            await stop.CancelAsync();
            await Task.WhenAll(load);
            await UntilAsync(async () => await _postgres.ScalarAsync<long>("SELECT count(*) FROM generations.generations WHERE finished_at IS NULL") == 0);

            var kept = await AudioIdsAsync(user.Http);
            Assert.Empty(acknowledged.Except(kept));
        }

        Assert.All(answers.Keys, a => Assert.Contains(a, (string[])["200 ", "503 DATABASE_UNAVAILABLE", "503 OVERLOADED"]));
        await LedgerAssert.CleanAsync(_postgres.ConnectionString);
    }

    /// <summary>F04, first half.</summary>
    [Fact]
    public async Task A_frozen_database_is_told_within_seconds_and_the_process_stays_alive()
    {
        await using var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString);
        var user = await server.CreateUserAsync();

        await _postgres.SignalAsync("STOP");
        try
        {
            var asked = Stopwatch.StartNew();
            var reads = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => user.Http.GetAsync("/api/credits", Ct)));
            Assert.All(reads, r => Assert.Equal(HttpStatusCode.ServiceUnavailable, r.StatusCode));
            Assert.All(reads, r => Assert.NotNull(r.Headers.RetryAfter));
            Assert.True(asked.Elapsed < TimeSpan.FromSeconds(15), $"shed after {asked.Elapsed}");
            Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync("/health/ready", Ct)).StatusCode);
        }
        finally
        {
            await _postgres.SignalAsync("CONT");
        }

        await BackWithinAsync(server.Http, TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await user.Http.GetAsync("/api/credits", Ct)).StatusCode);
    }

    /// <summary>F04, second half: somebody holds a lock on the accounts.</summary>
    [Fact]
    public async Task A_lock_that_is_held_too_long_sheds_callers_and_leaves_nothing_behind()
    {
        await using var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString);
        var user = await server.CreateUserAsync();

        await using (var connection = new NpgsqlConnection(_postgres.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await using var hold = new NpgsqlCommand("LOCK TABLE credits.accounts", connection, transaction);
            await hold.ExecuteNonQueryAsync(Ct);

            using var response = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Hello.", voiceId = "espeak:en-us" }, Ct);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("OVERLOADED", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        using var after = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Hello.", voiceId = "espeak:en-us" }, Ct);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        await LedgerAssert.CleanAsync(_postgres.ConnectionString);
    }

    /// <summary>F03: sessions are ended again and again, whole units of work are tried again.</summary>
    [Fact]
    public async Task Ended_sessions_are_hardly_noticed()
    {
        var acknowledged = new ConcurrentBag<string>();
        var answers = new ConcurrentDictionary<string, int>();
        await using (var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString))
        {
            var user = await server.CreateUserAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var load = Enumerable.Range(0, 4).Select(n => LoadAsync(user.Http, n, acknowledged, answers, stop.Token)).ToArray();
            for (var round = 0; round < 8; round++)
            {
                var before = acknowledged.Count;
                await UntilAsync(() => Task.FromResult(acknowledged.Count > before + 5));
                await _postgres.ScalarAsync<long>(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            }

            await stop.CancelAsync();
            await Task.WhenAll(load);
            Assert.Empty(acknowledged.Except(await AudioIdsAsync(user.Http)));
        }

        Assert.All(answers.Keys, a => Assert.Contains(a, (string[])["200 ", "503 DATABASE_UNAVAILABLE"]));
        Assert.True(answers.GetValueOrDefault("503 DATABASE_UNAVAILABLE") <= answers["200 "] / 10, string.Join(", ", answers));
        await LedgerAssert.CleanAsync(_postgres.ConnectionString);
    }

    /// <summary>F09: a dump under load is a snapshot on which every invariant holds.</summary>
    [Fact]
    public async Task A_dump_taken_under_load_restores_to_books_that_close()
    {
        await using var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString);
        var user = await server.CreateUserAsync();
        var (acknowledged, answers) = (new ConcurrentBag<string>(), new ConcurrentDictionary<string, int>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var load = Enumerable.Range(0, 4).Select(n => LoadAsync(user.Http, n, acknowledged, answers, stop.Token)).ToArray();
        await UntilAsync(() => Task.FromResult(acknowledged.Count > 10));

        var copy = await DumpAndRestoreAsync();

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await LedgerAssert.CleanAsync(copy);
        Assert.True(await _postgres.ScalarAsync<long>("SELECT count(*) FROM generations.generations WHERE status = 'succeeded'", copy) >= 10);
    }

    /// <summary>F05: the database lets nobody else in.</summary>
    [Fact]
    public async Task A_database_without_free_connections_is_told_as_503_and_heals()
    {
        await using var small = await FaultyPostgres.StartAsync(maxConnections: 30);
        await using var server = await ServerProcess.StartAsync(_data, small.ConnectionString);
        var user = await server.CreateUserAsync();
        var hogs = new List<NpgsqlConnection>();
        try
        {
            while (true)
            {
                var hog = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(small.ConnectionString) { Pooling = false }.ConnectionString);
                await hog.OpenAsync(Ct);
                hogs.Add(hog);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // Full. The server's own pools still hold what they have.
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.Http.GetAsync("/api/credits", Ct)));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]));

        foreach (var hog in hogs)
        {
            await hog.DisposeAsync();
        }

        await UntilAsync(async () => (await user.Http.GetAsync("/api/credits", Ct)).StatusCode == HttpStatusCode.OK);
    }

    private async Task<string> DumpAndRestoreAsync()
    {
        var bin = PrivatePostgres.FindBinaries()!;
        var from = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString);
        await _postgres.ScalarAsync<string>("SELECT current_database()");
        await using (var connection = new NpgsqlConnection(_postgres.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var create = new NpgsqlCommand("CREATE DATABASE copy TEMPLATE template0", connection);
            await create.ExecuteNonQueryAsync(Ct);
        }

        string Url(string database) => $"postgresql://{from.Username}:{from.Password}@{from.Host}:{from.Port}/{database}";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "\"$0/pg_dump\" -Fc \"$1\" | \"$0/pg_restore\" --exit-on-error -d \"$2\"", bin, Url(from.Database!), Url("copy") },
        })!;
        await shell.WaitForExitAsync(Ct);
        Assert.Equal(0, shell.ExitCode);
        return new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = "copy" }.ConnectionString;
    }

    private static async Task LoadAsync(
        HttpClient http, int n, ConcurrentBag<string> acknowledged, ConcurrentDictionary<string, int> answers, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            using var response = await http.PostAsJsonAsync("/api/tts/generate", new { text = $"Text {i} of caller {n}.", voiceId = "espeak:en-us", format = "wav" }, CancellationToken.None);
            var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None));
            var code = response.IsSuccessStatusCode ? "" : body.GetProperty("errors")[0].GetProperty("code").GetString();
            answers.AddOrUpdate($"{(int)response.StatusCode} {code}", 1, (_, count) => count + 1);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                acknowledged.Add(body.GetProperty("data").GetProperty("id").GetString()!);
            }
        }
    }

    private static async Task<HashSet<string>> AudioIdsAsync(HttpClient http)
    {
        var ids = new HashSet<string>();
        string? cursor = null;
        do
        {
            var page = await ServerProcess.DataAsync(await http.GetAsync($"/api/audios?limit=100{(cursor is null ? "" : $"&cursor={cursor}")}", Ct));
            ids.UnionWith(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return ids;
    }

    private static async Task BackWithinAsync(HttpClient http, TimeSpan most)
    {
        var waited = Stopwatch.StartNew();
        while ((await http.GetAsync("/health/ready", Ct)).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(waited.Elapsed < most * 6, "The server did not come back."); // the bar is for a quiet machine
            await Task.Delay(50, Ct);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
