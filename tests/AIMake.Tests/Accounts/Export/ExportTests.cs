using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.Export;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;

namespace AIMake.Tests.Accounts.Export;

public sealed class ExportTests(TestServer server) : IClassFixture<TestServer>
{
    private const long Large = 300_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_archive_holds_what_is_known_of_the_user_and_what_they_made_and_no_secret()
    {
        var user = await server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat");
        await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "mine", keyValue = "sk-canary-of-a-user-0123" })).DataAsync(201);

        var audio = await user.GenerateAsync(Sounds.Text(1), "mp3");

        var entries = await ReadAsync(user.Http);

        Assert.Equal(user.Email, JsonElement.Parse(entries["account/profile.json"]).GetProperty("email").GetString());
        Assert.Contains("account.created", entries["account/what-i-did.jsonl"], StringComparison.Ordinal);
        Assert.Contains("\"last4\"", entries["account/api-keys.jsonl"], StringComparison.Ordinal);
        Assert.Single(entries["account/sessions.jsonl"].Trim().Split('\n'));
        Assert.NotEmpty(entries["credits/statement.jsonl"]);
        var made = JsonElement.Parse(entries["library/library.jsonl"]);
        Assert.Equal(audio.GetProperty("id").GetGuid(), made.GetProperty("id").GetGuid());
        Assert.True(entries.ContainsKey(made.GetProperty("file").GetString()!), string.Join(' ', entries.Keys));
        var work = JsonElement.Parse(entries["generations/generations.jsonl"]);
        Assert.Equal(("succeeded", Sounds.Text(1)), (work.GetProperty("status").GetString(), work.GetProperty("request").GetProperty("text").GetString()));
        Assert.Equal(made.GetProperty("credits").GetDecimal(), work.GetProperty("credits").GetDecimal());
        var all = string.Concat(entries.Values);
        Assert.All([key, "sk-canary-of-a-user-0123", user.Password, user.AccessToken, "passwordHash", "digest"], s => Assert.DoesNotContain(s, all, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Nobody_elses_things_are_in_it()
    {
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());

        var all = string.Concat((await ReadAsync(user.Http)).Values);

        Assert.DoesNotContain(other.Id.ToString(), all, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Email, all, StringComparison.Ordinal);
    }

    /// <summary>Zip slip, and names that other systems cannot write: unpacked by two programs that are not ours.</summary>
    [Fact]
    public async Task Whatever_things_are_called_they_stay_in_the_folder_they_are_unpacked_into()
    {
        var user = await server.CreateUserAsync();
        string[] titles = ["../../../etc/passwd", "..\\..\\windows\\system32", "/absolute", "C:\\boot", "🎧 你好，世界 🎉", "CON", ".", "…/…", "a:b*c?d\"e<f>g|h", new string('长', 200), "%2e%2e%2fx"];
        var audio = await user.GenerateAsync(Sounds.Text(1, "names"), "mp3");
        foreach (var title in titles)
        {
            audio = await user.GenerateAsync(Sounds.Text(1, "names"), "mp3");
            await (await user.Http.PutAsJsonAsync($"/api/audios/{audio.GetProperty("id").GetGuid()}", new { title }, Ct)).DataAsync();
        }

        var folder = Directory.CreateTempSubdirectory("aimake-export-");
        try
        {
            var zip = Path.Combine(folder.FullName, "all.zip");
            await File.WriteAllBytesAsync(zip, await user.Http.GetByteArrayAsync("/api/user/export", Ct), Ct);
            var inside = folder.CreateSubdirectory("inside");
            await RunAsync("unzip", "-tqq", zip);
            await RunAsync("python3", "-c", "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])", zip, inside.FullName);

            Assert.Equal(["all.zip"], folder.GetFiles().Select(f => f.Name));
            Assert.Equal([inside.FullName], folder.GetDirectories().Select(d => d.FullName));
            var files = new DirectoryInfo(Path.Combine(inside.FullName, "library", "files")).GetFiles();
            Assert.Equal(titles.Length + 1, files.Length);
            Assert.Contains(files, f => f.Name.StartsWith("🎧 你好，世界 🎉", StringComparison.Ordinal));
            Assert.Equal(titles.Order(StringComparer.Ordinal), (await File.ReadAllLinesAsync(Path.Combine(inside.FullName, "library", "library.jsonl"), Ct))
                .Select(l => JsonElement.Parse(l).GetProperty("title").GetString()!).Intersect(titles).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("../../x", "_.._x 8899aabbccdd.mp3")]
    [InlineData("...", "file 8899aabbccdd.mp3")]
    [InlineData("a\u202Egpj.exe\r\n\0", "a_gpj.exe___ 8899aabbccdd.mp3")]
    [InlineData("\uFFFD", "_ 8899aabbccdd.mp3")]
    public void A_name_keeps_what_is_harmless(string title, string expected) =>
        Assert.Equal(expected, ExportNames.Of(title, Guid.Parse("00112233-4455-6677-0011-8899aabbccdd"), ".mp3"));

    [Fact]
    public async Task A_download_given_up_leaves_nothing_and_two_at_once_are_one_too_many()
    {
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        await user.GenerateAsync(Sounds.Text(1, "size"), "mp3");
        var key = (string)(await TestDatabase.ExecuteAsync(server, $"SELECT file_key FROM library.assets WHERE user_id = '{user.Id}'"))!;
        var file = Path.Combine(server.DataFolder, "media", key);
        await using (var grown = File.OpenWrite(file))
        {
            grown.SetLength(Large); // nothing but zeros, and no room on the disk
        }

        var before = Files();
        using (var first = await user.Http.GetAsync("/api/user/export", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            var body = await first.Content.ReadAsStreamAsync(Ct);
            await body.ReadExactlyAsync(new byte[1_000_000], Ct);

            using var second = await user.Http.GetAsync("/api/user/export", Ct);
            await second.FaultAsync(429, "EXPORT_RUNNING");
            Assert.NotNull(second.Headers.RetryAfter);
            Assert.NotEmpty(await ReadAsync(other.Http));
            Assert.NotEmpty(OpenHandles(file));
        }

        for (var deadline = Environment.TickCount64 + 20_000; OpenHandles(file).Length > 0;)
        {
            Assert.True(Environment.TickCount64 < deadline, "The file is still open");
            await Task.Delay(10, Ct);
        }

        Assert.Equal(before, Files());
        using var again = await user.Http.GetAsync("/api/user/export", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(200, (int)again.StatusCode);
    }

    internal static async Task<Dictionary<string, string>> ReadAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/api/user/export", Ct);
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("attachment; filename=\"aimake-", answer.Content.Headers.GetValues("Content-Disposition").Single(), StringComparison.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync(Ct)));
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Ct));
            entries[entry.FullName] = await reader.ReadToEndAsync(Ct);
        }

        return entries;
    }

    private string[] Files() => [.. Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Of this process, which the server is in.</summary>
    private static string[] OpenHandles(string file) =>
        [.. Directory.EnumerateFiles("/proc/self/fd").Where(h => new FileInfo(h).LinkTarget == file)];

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(Ct) + await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, $"{program}: {said}");
    }
}
