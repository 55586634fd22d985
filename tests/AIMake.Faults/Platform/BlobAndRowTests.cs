using System.Net.Http.Json;
using System.Security.Cryptography;
using AIMake.Faults.Hosting;
using AIMake.Platform.Scheduling;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Faults.Platform;

/// <summary>
/// F38: the process dies between bytes and row, on the way in and on the way out. At no moment does a row name bytes that are not there, whole;
/// bytes that no row names are collected after their grace.
/// </summary>
public sealed class BlobAndRowTests : IAsyncLifetime
{
    private static readonly string[] Quick =
        ["--Generations:Lease", "00:00:06", "--Generations:Renewal", "00:00:01", "--Generations:ReapEvery", "00:00:01"];

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Media => Path.Combine(_data, "media");

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Temporary file written, flushed, renamed, its folder flushed; the row inserted, committed.</summary>
    [Theory]
    [InlineData("store.spooled")]
    [InlineData("store.flushed")]
    [InlineData("store.moved")]
    [InlineData("store.renamed")]
    [InlineData("run.finished")]
    [InlineData("end.recorded")]
    [InlineData("end.committed")]
    public async Task A_crash_on_the_way_in_leaves_no_row_without_its_bytes(string step)
    {
        string token;
        await using (var first = await ServerProcess.StartAsync(_data, _database, fault: $"{step}:kill", settings: Quick))
        {
            var user = await first.CreateUserAsync();
            token = user.Token;
            await Assert.ThrowsAnyAsync<Exception>(() => SpeakAsync(user.Http));
            Assert.Equal(137, await first.ExitAsync());
        }

        await WholeAsync();
        await using (var second = await ServerProcess.StartAsync(_data, _database, settings: Quick))
        {
            using var http = second.ClientFor(token);
            await CountAsync("SELECT count(*) FROM generations.generations WHERE status = 'succeeded'", 1);
            Assert.Equal(1, (await ServerProcess.DataAsync(await http.GetAsync("/api/audios", Ct))).GetProperty("items").GetArrayLength());
        }

        await WholeAsync();
        await CollectAsync();
        Assert.Equal(await RowsAsync(), Files());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_data, "spool")));
    }

    /// <summary>Rows gone and files not; the file gone and its folder not yet flushed.</summary>
    [Theory]
    [InlineData("purge.committed")]
    [InlineData("store.deleted")]
    public async Task A_crash_on_the_way_out_leaves_no_row_without_its_bytes(string step)
    {
        await using (var first = await ServerProcess.StartAsync(_data, _database, settings: Quick))
        {
            var user = await first.CreateUserAsync();
            await SpeakAsync(user.Http);
            await SpeakAsync(user.Http);
            await CountAsync("SELECT count(*) FROM quartz.triggers WHERE trigger_name = 'library-purge'", 1); // the schedule is known before it is missed
        }

        await ExecuteAsync("UPDATE library.assets SET deleted_at = now() - interval '31 days' WHERE id = (SELECT id FROM library.assets LIMIT 1)");
        await ExecuteAsync("UPDATE quartz.triggers SET next_fire_time = next_fire_time - 864000000000 WHERE trigger_name = 'library-purge'"); // a day ago, in ticks: run at once

        await using (var second = await ServerProcess.StartAsync(_data, _database, fault: $"{step}:kill", settings: Quick))
        {
            Assert.Equal(137, await second.ExitAsync());
        }

        await WholeAsync();
        Assert.Single(await RowsAsync(), r => r.StartsWith("audio/", StringComparison.Ordinal));
        await CollectAsync();
        Assert.Equal(await RowsAsync(), Files());
    }

    private static async Task SpeakAsync(HttpClient http) =>
        await ServerProcess.DataAsync(await http.PostAsJsonAsync("/api/tts/generate", new { text = $"A sentence {Guid.NewGuid():N}.", voiceId = "espeak:en-us", format = "mp3" }, Ct));

    /// <summary>Every file that a row names is there, with the bytes it promises.</summary>
    private async Task WholeAsync()
    {
        foreach (var row in await ColumnAsync("SELECT file_key || ' ' || bytes || ' ' || sha256 FROM library.assets"))
        {
            var (key, bytes, digest) = (row.Split(' ')[0], long.Parse(row.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), row.Split(' ')[2]);
            var content = await File.ReadAllBytesAsync(Path.Combine(Media, key), Ct);
            Assert.Equal((bytes, digest), (content.LongLength, Convert.ToHexStringLower(SHA256.HashData(content))));
        }

        foreach (var row in await ColumnAsync("SELECT file_key || ' ' || bytes FROM speech.packs"))
        {
            Assert.Equal(row.Split(' ')[1], $"{new FileInfo(Path.Combine(Media, row.Split(' ')[0])).Length}");
        }
    }

    /// <summary>The collector, on a day when the grace is over.</summary>
    private async Task CollectAsync()
    {
        foreach (var file in Directory.EnumerateFiles(Media, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(_data, "spool"))))
        {
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddDays(-2));
        }

        await using var app = AIMakeServer.Build(
            ["--Http:Port=0", "--Http:Host=127.0.0.1", "--Telemetry:MetricsPort=-1", "--Logging:LogLevel:Default=None", "--Scheduling:Enabled=false", $"--Server:Data={_data}", $"--Database:Url={_database}"]);
        await app.StartAsync(Ct);
        await app.Services.GetServices<IRecurringJob>().Single(j => j.Name == "storage-orphans").RunOnceAsync(Ct);
        await app.StopAsync(Ct);
    }

    private Task<IReadOnlyList<string>> RowsAsync() => ColumnAsync("SELECT file_key FROM library.assets UNION ALL SELECT file_key FROM speech.packs ORDER BY 1");

    private string[] Files() => [.. Directory.EnumerateFiles(Media, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Media, f)).Order(StringComparer.Ordinal)];

    private async Task CountAsync(string sql, long expected)
    {
        for (var deadline = Environment.TickCount64 + 60_000; (await ColumnAsync($"SELECT ({sql})::text"))[0] != $"{expected}";)
        {
            Assert.True(Environment.TickCount64 < deadline, sql);
            await Task.Delay(50, Ct);
        }
    }

    private Task ExecuteAsync(string sql) => ColumnAsync($"WITH done AS ({sql} RETURNING 1) SELECT count(*)::text FROM done");

    private async Task<IReadOnlyList<string>> ColumnAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var values = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
