using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AIMake.Faults.Hosting;

namespace AIMake.Faults.Platform;

/// <summary>The server's own database: it is looked after, must not forget, and may run out of disk.</summary>
public sealed class DatabaseFaultTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-dbfaults-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DatabaseFaultTests() => File.SetUnixFileMode(_data, (UnixFileMode)0b111_101_101);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_database_whose_every_process_is_killed_is_started_again_with_all_it_had_committed()
    {
        await using var server = await ServerProcess.StartAsync(_data, database: null);
        var (_, user, _) = await server.CreateUserAsync();

        var postmaster = Postmaster();
        var children = await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children", Ct);
        await RunAsync("kill", ["-KILL", $"{postmaster}", .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        await UntilAsync(async () =>
        {
            using var me = await user.GetAsync("/api/auth/me", Ct);
            return me.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_database_that_may_forget_is_refused_with_the_cure()
    {
        await using (var first = await ServerProcess.StartAsync(_data, database: null))
        {
            Assert.Equal(0, await first.TerminateAsync());
        }

        await File.AppendAllTextAsync(Path.Combine(_data, "postgres", "cluster", "postgresql.auto.conf"), "fsync = off\n", Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(_data, database: null));
        Assert.Contains("ALTER SYSTEM SET fsync = on", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PidFile), "it was started for this and must not stay behind");
    }

    /// <summary>F07, database and files on one full disk: refusals are 503, never 500, and service returns with the room.</summary>
    [Fact]
    public async Task A_disk_that_fills_up_under_the_database_is_survived()
    {
        var disk = Path.Combine(_data, "disk");
        Directory.CreateDirectory(disk);
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=200m,mode=0755", "tmpfs", disk) != 0)
        {
            Assert.Skip("Mounting a small disk needs root.");
        }

        try
        {
            await using var server = await ServerProcess.StartAsync(disk, database: null, settings: ["--Storage:MinimumFreeBytes", "1000000"]);
            var (_, user, _) = await server.CreateUserAsync();
            var filler = Path.Combine(disk, "filler");
            await RunAsync("dd", "if=/dev/zero", $"of={filler}", "bs=64k");

            for (var n = 0; n < 5; n++)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, await SpeakAsync(user, n));
            }

            using var alive = await server.Http.GetAsync("/health", Ct);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

            File.Delete(filler);
            await UntilAsync(async () =>
            {
                var status = await SpeakAsync(user, 9);
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}");
                return status == HttpStatusCode.OK;
            });
        }
        finally
        {
            await RunAsync("umount", "-l", disk);
        }
    }

    private string PidFile => Path.Combine(_data, "postgres", "cluster", "postmaster.pid");

    private int Postmaster() => int.Parse(File.ReadLines(PidFile).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HttpStatusCode> SpeakAsync(HttpClient user, int n)
    {
        using var answer = await user.PostAsJsonAsync("/api/tts/generate", new { text = $"Is there room for this, try {n}?", voiceId = "espeak:en-us" }, Ct);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }
}
