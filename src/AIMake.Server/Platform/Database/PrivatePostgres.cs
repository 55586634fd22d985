using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>
/// A PostgreSQL of our own under the data folder, so that one command needs no server set up by hand. It is started with
/// <c>pg_ctl</c>, outlives a killed server process (the next start adopts it) and is stopped cleanly with it otherwise.
/// PostgreSQL refuses to run as root: then its files belong to the unprivileged user <c>postgres</c>.
/// </summary>
internal sealed class PrivatePostgres
{
    private const string User = "aimake";
    private const string DatabaseName = "aimake";
    private readonly string _data;
    private readonly string _bin;
    private readonly bool _asRoot = Environment.UserName == "root";

    private PrivatePostgres(string data, string bin)
    {
        _data = data;
        _bin = bin;
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Folder of the cluster; also holds <c>server.log</c>.</summary>
    public string DataFolder => _data;

    /// <summary>Starts the cluster under <paramref name="folder"/>, creating it the first time, or adopts the one already running there.</summary>
    /// <exception cref="InvalidOperationException">Names what is missing and the command that installs it, or quotes the end of PostgreSQL's log.</exception>
    public static async Task<PrivatePostgres> StartAsync(string folder, CancellationToken ct, int maxConnections = 100)
    {
        var bin = FindBinaries() ?? throw new InvalidOperationException(
            "PostgreSQL 15 or newer is not installed. Run: apt-get install postgresql   (or set DATABASE_URL to a server you have)");
        var postgres = new PrivatePostgres(Path.GetFullPath(folder), bin);
        await postgres.InitializeAsync(ct);
        await postgres.StartServerAsync(maxConnections, ct);
        return postgres;
    }

    /// <summary>Newest installed version from 15 up, or null.</summary>
    public static string? FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .Select(d => (Version: int.TryParse(Path.GetFileName(d), out var v) ? v : 0, Bin: Path.Combine(d, "bin")))
                .Where(d => d.Version >= 15 && File.Exists(Path.Combine(d.Bin, "initdb")))
                .OrderByDescending(d => d.Version)
                .Select(d => d.Bin)
                .FirstOrDefault()
            : null;
        return debian ?? Environment.GetEnvironmentVariable("PATH")?.Split(':').FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));
    }

    /// <summary>Ends the cluster: sessions are cut, everything committed is on disk.</summary>
    public async Task StopAsync(CancellationToken ct) => await RunAsync(ct, "pg_ctl", "stop", "-D", Cluster, "-m", "fast", "-t", "20");

    private string Cluster => Path.Combine(_data, "cluster");

    private string PasswordFile => Path.Combine(_data, "password");

    private async Task InitializeAsync(CancellationToken ct)
    {
        if (File.Exists(Path.Combine(Cluster, "PG_VERSION")))
        {
            return;
        }

        // A start that was killed half way leaves a cluster without PG_VERSION's neighbours: initdb works aside and is moved into place.
        Directory.CreateDirectory(_data);
        var draft = Path.Combine(_data, "cluster.new");
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        await File.WriteAllTextAsync(PasswordFile, RandomNumberGenerator.GetHexString(40, lowercase: true), ct);
        File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await GiveToPostgresAsync(ct);
        var result = await RunAsync(
            ct, "initdb", "-D", draft, "-U", User, "--pwfile", PasswordFile, "-k", "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=scram-sha-256", "--auth-host=scram-sha-256");
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed: {result.Output}");
        }

        Directory.Move(draft, Cluster);
    }

    private async Task StartServerAsync(int maxConnections, CancellationToken ct)
    {
        if (await TryAdoptAsync(ct))
        {
            return;
        }

        var port = FreePort();
        var options = string.Join(' ',
            $"-p {port}", "-c listen_addresses=127.0.0.1", "-c unix_socket_directories=''", $"-c max_connections={maxConnections}", "-c shared_buffers=64MB",
            "-c wal_compression=on", "-c deadlock_timeout=1s", "-c log_min_messages=warning", "-c log_min_error_statement=panic");
        var result = await RunAsync(ct, "pg_ctl", "start", "-D", Cluster, "-w", "-t", "60", "-l", Path.Combine(_data, "server.log"), "-o", options);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"PostgreSQL did not start under {_data}: {result.Output} {await LogTailAsync(ct)}");
        }

        ConnectionString = await ConnectAsync(port, ct);
    }

    /// <summary>A server process killed hard leaves its PostgreSQL running: it is healthy and holds the data, so it is used on.</summary>
    private async Task<bool> TryAdoptAsync(CancellationToken ct)
    {
        var pidFile = Path.Combine(Cluster, "postmaster.pid");
        if (!File.Exists(pidFile))
        {
            return false;
        }

        var lines = await File.ReadAllLinesAsync(pidFile, ct);
        if (lines.Length < 4 || !Directory.Exists($"/proc/{lines[0]}") || !int.TryParse(lines[3], out var port))
        {
            return false;
        }

        try
        {
            ConnectionString = await ConnectAsync(port, ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task<string> ConnectAsync(int port, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = User,
            Password = await File.ReadAllTextAsync(PasswordFile, ct),
            Database = "postgres",
            Timeout = 5,
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{DatabaseName}'", connection);
        if (await exists.ExecuteScalarAsync(ct) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }

        return new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = DatabaseName, Pooling = true }.ConnectionString;
    }

    private async Task GiveToPostgresAsync(CancellationToken ct)
    {
        if (!_asRoot)
        {
            return;
        }

        // The parents must be passable for the unprivileged user; only the leaf changes hands.
        await ExecAsync(ct, "chown", "-R", "postgres:postgres", _data);
    }

    private async Task<string> LogTailAsync(CancellationToken ct)
    {
        var log = Path.Combine(_data, "server.log");
        return File.Exists(log) ? string.Join('\n', (await File.ReadAllLinesAsync(log, ct)).TakeLast(5)) : "";
    }

    private Task<(int ExitCode, string Output)> RunAsync(CancellationToken ct, string tool, params string[] arguments)
    {
        var path = Path.Combine(_bin, tool);
        // setpriv rather than su: no PAM session, no login shell, no controlling terminal.
        return _asRoot
            ? ExecAsync(ct, "setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments])
            : ExecAsync(ct, path, arguments);
    }

    private async Task<(int ExitCode, string Output)> ExecAsync(CancellationToken ct, string file, params string[] arguments)
    {
        // Output goes through a file: the postmaster inherits pg_ctl's pipes, and reading them to the end would wait for ever.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        var output = Path.Combine(Path.GetTempPath(), $"aimake-pg-{Guid.NewGuid():N}.log");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=$1; shift; exec setsid \"$@\" >\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(output);
        start.ArgumentList.Add(file);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(ct);
        var text = File.Exists(output) ? await File.ReadAllTextAsync(output, ct) : "";
        File.Delete(output);
        return (process.ExitCode, text.Trim());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
