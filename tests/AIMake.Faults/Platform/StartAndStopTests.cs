using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Platform.Database;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Faults.Platform;

/// <summary>Killed in a migration, killed with a private database, stopped in the middle of work, started on a full disk.</summary>
public sealed class StartAndStopTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <summary>F11: each migration is applied whole or not at all, and the next start completes the rest.</summary>
    [Fact]
    public async Task A_kill_in_any_migration_is_completed_by_the_next_start()
    {
        var database = await TestPostgres.CreateEmptyDatabaseAsync();
        foreach (var migration in Migration.All)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => ServerProcess.StartAsync(_data, database, fault: $"migrate.{migration.Number:0000}:kill"));
        }

        await using var server = await ServerProcess.StartAsync(_data, database);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/ready", Ct)).StatusCode);
        Assert.Equal(0, await Migrator.ApplyAsync(database, Ct));
    }

    /// <summary>The private database outlives a killed server, is adopted by the next one, and stops with it.</summary>
    [Fact]
    public async Task A_killed_server_with_its_own_database_starts_again_with_everything_it_had()
    {
        string token;
        await using (var first = await ServerProcess.StartAsync(_data, null))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            await ServerProcess.DataAsync(await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Kept.", voiceId = "espeak:en-us" }, Ct));
            await first.KillAsync();
        }

        await using (var second = await ServerProcess.StartAsync(_data, null))
        {
            using var http = second.ClientFor(token);
            var audios = await ServerProcess.DataAsync(await http.GetAsync("/api/audios", Ct));
            Assert.Equal(1, audios.GetProperty("items").GetArrayLength());
            Assert.Equal(0, await second.TerminateAsync());
        }

        Assert.False(File.Exists(Path.Combine(_data, "postgres", "cluster", "postmaster.pid")), "The private database was left running.");
    }

    /// <summary>F14: a stop refuses new work at once, hands back what it cannot finish, and exits 0 in time.</summary>
    [Fact]
    public async Task A_stop_in_the_middle_of_work_hands_it_back_and_the_next_server_finishes_it_once()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        string token;
        List<string> ids = [];
        await using (var first = await ServerProcess.StartAsync(_data, database, settings: ["--Generations:DrainFor", "00:00:00"]))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            for (var n = 0; n < 5; n++)
            {
                var text = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"Sentence {i} of text {n} is read to whoever listens."));
                var started = await ServerProcess.DataAsync(await user.Http.PostAsJsonAsync("/api/tts/generate", new { text, voiceId = "espeak:en-us" }, Ct));
                ids.Add(started.GetProperty("generationId").GetString()!);
            }

            var stopping = Stopwatch.StartNew();
            Assert.Equal(0, await first.TerminateAsync());
            Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(30), $"stopped after {stopping.Elapsed}");
        }

        await using var second = await ServerProcess.StartAsync(_data, database);
        using var http = second.ClientFor(token);
        foreach (var id in ids)
        {
            using var events = await http.GetAsync($"/api/generations/{id}/events", Ct);
            var told = await events.Content.ReadAsStringAsync(Ct);
            Assert.Contains("event: end", told, StringComparison.Ordinal);
            Assert.Contains("\"status\":\"succeeded\"", told, StringComparison.Ordinal);
        }

        await LedgerAssert.CleanAsync(database);
    }

    [Fact]
    public async Task The_last_of_two_servers_on_one_folder_stops_the_database_and_not_the_first()
    {
        await using var one = await ServerProcess.StartAsync(_data, database: null);
        await using var two = await ServerProcess.StartAsync(_data, database: null, role: "worker");
        var postmaster = await PostmasterAsync();

        Assert.Equal(0, await two.TerminateAsync());

        for (var i = 0; i < 20; i++)
        {
            using var ready = await one.Http.GetAsync("/health/ready", Ct);
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        }

        Assert.Equal(postmaster, await PostmasterAsync());
        Assert.Equal(0, await one.TerminateAsync());
        Assert.False(File.Exists(Path.Combine(_data, "postgres", "cluster", "postmaster.pid")));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_database_running()
    {
        await (await ServerProcess.StartAsync(_data, database: null)).DisposeAsync();
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "AIMake.Server.dll"), "run", "--port", $"{port}", "--data", _data, "--Telemetry:MetricsPort", "0"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        _ = process.StandardOutput.ReadToEndAsync(Ct);
        var said = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("AIMake cannot start.", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_data, "postgres", "cluster", "postmaster.pid")));
    }

    private async Task<string> PostmasterAsync() => (await File.ReadAllLinesAsync(Path.Combine(_data, "postgres", "cluster", "postmaster.pid"), Ct))[0];

    /// <summary>F07 for files: a full disk refuses new work without charge; what is there is still served.</summary>
    [Fact]
    public async Task A_full_disk_refuses_new_work_and_still_serves_the_old()
    {
        var disk = Path.Combine(_data, "disk");
        Directory.CreateDirectory(disk);
        if (!await MountAsync("mount", "-t", "tmpfs", "-o", "size=48m,mode=755", "tmpfs", disk))
        {
            Assert.Skip("Mounting a small disk needs root.");
        }

        try
        {
            var database = await TestPostgres.CreateDatabaseAsync();
            await using var server = await ServerProcess.StartAsync(disk, database, settings: ["--Storage:MinimumFreeBytes", "1000000"]);
            var user = await server.CreateUserAsync();
            var made = await ServerProcess.DataAsync(await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Before.", voiceId = "espeak:en-us" }, Ct));
            await File.WriteAllBytesAsync(Path.Combine(disk, "ballast"), new byte[new DriveInfo(disk).AvailableFreeSpace - 500_000], Ct);

            using var refused = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "After.", voiceId = "espeak:en-us" }, Ct);
            using var old = await user.Http.GetAsync($"/api/audios/{made.GetProperty("id").GetString()}/download", Ct);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("STORAGE_FULL", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, old.StatusCode);

            File.Delete(Path.Combine(disk, "ballast"));
            using var again = await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "Later.", voiceId = "espeak:en-us" }, Ct);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            await LedgerAssert.CleanAsync(database);
        }
        finally
        {
            await MountAsync("umount", "-l", disk);
        }
    }

    private static async Task<bool> MountAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
