using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Faults.Accounts;

/// <summary>An archive much larger than the server may use of memory.</summary>
public sealed class LargeExportTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const long File = 300_000_000;
    private const int Most = 48;

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_archive_of_hundreds_of_megabytes_takes_some_tens_of_memory()
    {
        await using var server = await ServerProcess.StartAsync(_data, _database);
        var user = await server.CreateUserAsync();
        await ServerProcess.DataAsync(await user.Http.PostAsJsonAsync("/api/tts/generate", new { text = "A sentence.", voiceId = "espeak:en-us", format = "mp3" }, Ct));
        await using (var media = System.IO.File.OpenWrite(Path.Combine(_data, "media", await ScalarAsync($"SELECT file_key FROM library.assets WHERE user_id = '{user.Id}'"))))
        {
            media.SetLength(File);
        }

        await ScalarAsync($"""
            INSERT INTO generations.events (user_id, generation_id, status, stage, detail)
            SELECT user_id, id, 'running', 'running', repeat('x', 500) FROM generations.generations, generate_series(1, 40000) WHERE user_id = '{user.Id}' RETURNING 'done'
            """);
        (await ExportAsync(user.Http)).Delete(); // whatever it takes to run at all is taken now
        await System.IO.File.WriteAllTextAsync($"/proc/{server.Id}/clear_refs", "5", Ct); // forget the peak
        var before = Megabytes(server.Id, "VmRSS:");

        var zip = await ExportAsync(user.Http);
        var peak = Megabytes(server.Id, "VmHWM:");

        output.WriteLine($"{zip.Length / 1_000_000} MB sent; {before} MB before, {peak} MB at most");
        using (var archive = ZipFile.OpenRead(zip.FullName))
        {
            Assert.Equal(File, archive.Entries.Single(e => e.FullName.StartsWith("library/files/", StringComparison.Ordinal)).Length);
            using var manifest = await JsonDocument.ParseAsync(await archive.GetEntry("manifest.json")!.OpenAsync(Ct), default, Ct);
            Assert.True(manifest.RootElement.GetProperty("complete").GetBoolean());
        }

        zip.Delete();
        Assert.True(peak - before < Most, $"{before} MB became {peak} MB");
    }

    private async Task<FileInfo> ExportAsync(HttpClient http)
    {
        var path = Path.Combine(_data, "all.zip");
        await using var file = System.IO.File.Create(path);
        using var answer = await http.GetAsync("/api/user/export", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        await (await answer.Content.ReadAsStreamAsync(Ct)).CopyToAsync(file, Ct);
        return new FileInfo(path);
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static long Megabytes(int process, string what) =>
        long.Parse(System.IO.File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(what, StringComparison.Ordinal))[what.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
}
