using System.Diagnostics;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Faults.Hosting;

/// <summary>A PostgreSQL of one test's own, to be crashed, frozen and starved.</summary>
internal sealed class FaultyPostgres : IAsyncDisposable
{
    private readonly string _folder;
    private readonly PrivatePostgres _server;

    private FaultyPostgres(string folder, PrivatePostgres server) => (_folder, _server) = (folder, server);

    public string ConnectionString => _server.ConnectionString;

    public static async Task<FaultyPostgres> StartAsync(int maxConnections = 100)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"aimake-faulty-{Guid.NewGuid():N}");
        return new(folder, await PrivatePostgres.StartAsync(folder, CancellationToken.None, maxConnections, disposable: true));
    }

    /// <summary>Crashes it (no checkpoint, sessions cut) and starts it again on the same port.</summary>
    public Task CrashAndRestartAsync() => ControlAsync("restart", "-m", "immediate", "-w", "-l", Path.Combine(_folder, "server.log"));

    public Task CrashAsync() => ControlAsync("stop", "-m", "immediate", "-w");

    public Task StartAgainAsync() => ControlAsync("start", "-w", "-l", Path.Combine(_folder, "server.log"), "-o", string.Join(' ', Options().Select(o => $"\"{o}\"")));

    /// <summary>SIGSTOP or SIGCONT to the postmaster and all its sessions.</summary>
    public async Task SignalAsync(string signal)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(_folder, "cluster", "postmaster.pid")))[0];
        var children = (await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var pid in children.Append(postmaster))
        {
            using var kill = Process.Start("kill", [$"-{signal}", pid]);
            await kill.WaitForExitAsync();
        }
    }

    public async Task<T> ScalarAsync<T>(string sql, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString ?? ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The options the first start used, as PostgreSQL wrote them down.</summary>
    private string[] Options() =>
        [.. File.ReadAllText(Path.Combine(_folder, "cluster", "postmaster.opts")).Split('"').Where((_, i) => i % 2 == 1).SkipWhile(o => o != "-D").Skip(2)];

    private async Task ControlAsync(params string[] arguments)
    {
        var bin = PrivatePostgres.FindBinaries()!;
        string[] command = [Path.Combine(bin, "pg_ctl"), .. arguments, "-D", Path.Combine(_folder, "cluster")];
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", .. command])
            : new ProcessStartInfo(command[0], command[1..]);
        start.WorkingDirectory = "/";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
