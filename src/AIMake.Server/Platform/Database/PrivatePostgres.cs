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

    /// <summary>
    /// Root's own home, where a first clone often lies, is closed to the user PostgreSQL runs as. Rather than open somebody's
    /// folders, its processes get a view of the file system in which the data folder is mounted here; nobody else sees it.
    /// </summary>
    private const string HiddenMount = "/mnt";

    private const string HiddenHint = "\nThe data folder lies where only root may enter. Name another, e.g. --data /var/lib/aimake";

    private const int AdoptAttempts = 120;

    private readonly string _data;
    private readonly string _bin;
    private readonly bool _asRoot = Environment.UserName == "root";
    private readonly bool _hidden;
    private readonly int _maxConnections;
    private readonly bool _disposable;
    private FileStream? _use;

    private PrivatePostgres(string data, string bin, int maxConnections, bool disposable)
    {
        (_data, _bin, _maxConnections, _disposable) = (data, bin, maxConnections, disposable);
        _hidden = _asRoot && !PassableForAll(data);
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>True when it ran already: somebody else may be using it.</summary>
    public bool Adopted { get; private set; }

    /// <summary>Folder of the cluster; also holds <c>server.log</c>.</summary>
    public string DataFolder => _data;

    /// <summary>Starts the cluster under <paramref name="folder"/>, creating it the first time, or adopts the one already running there.</summary>
    /// <param name="disposable">For tests: nobody will miss it, so it is not synced when made and stopped without a checkpoint. It runs like any other.</param>
    /// <exception cref="InvalidOperationException">Names what is missing and the command that installs it, or quotes the end of PostgreSQL's log.</exception>
    public static async Task<PrivatePostgres> StartAsync(
        string folder, CancellationToken ct, int maxConnections = 100, bool disposable = false)
    {
        var bin = FindBinaries() ?? throw new InvalidOperationException(
            "PostgreSQL 15 or newer is not installed. Run: apt-get install postgresql   (or set DATABASE_URL to a server you have)");
        var postgres = new PrivatePostgres(Path.GetFullPath(folder), bin, maxConnections, disposable);
        await postgres.InitializeAsync(ct);
        await postgres.EnterAsync(ct);
        await postgres.StartServerAsync(ct);
        return postgres;
    }

    /// <summary>True when a cluster was made under this folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, "cluster", "PG_VERSION"));

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

    /// <summary>
    /// Ends the cluster: sessions are cut, everything committed is on disk. Where another process of this installation uses it, it is
    /// left to that one.
    /// </summary>
    public async Task StopAsync(CancellationToken ct)
    {
        _use?.Dispose();
        _use = null;
        using var last = TryLock(FileShare.None);
        if (last is not null)
        {
            await RunAsync(ct, "pg_ctl", "stop", "-D", Seen("cluster"), "-m", _disposable ? "immediate" : "fast", "-t", "20");
        }
    }

    /// <summary>Says that we use it, for as long as this process lives; waits for one that is just stopping it.</summary>
    private async Task EnterAsync(CancellationToken ct)
    {
        while ((_use = TryLock(FileShare.Read)) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>A lock of the kernel's on a file of ours: shared among users, alone for whoever stops. It ends with its process, however that ends.</summary>
    private FileStream? TryLock(FileShare share)
    {
        try
        {
            return new FileStream(Path.Combine(_data, "in-use"), FileMode.OpenOrCreate, share is FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share);
        }
        catch (IOException) when (Directory.Exists(_data))
        {
            return null;
        }
    }

    private string Cluster => Path.Combine(_data, "cluster");

    private string PasswordFile => Path.Combine(_data, "password");

    /// <summary>The path under which PostgreSQL's own programs find a part of the data folder.</summary>
    private string Seen(string name) => Path.Combine(_hidden ? HiddenMount : _data, name);

    private async Task InitializeAsync(CancellationToken ct)
    {
        if (File.Exists(Path.Combine(Cluster, "PG_VERSION")))
        {
            return;
        }

        // initdb works aside and is moved into place when done. A start that was killed half way may have left an initdb still
        // at work, so each has a folder of its own.
        Directory.CreateDirectory(_data);
        ClearDrafts();
        var name = $"draft-{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(PasswordFile, RandomNumberGenerator.GetHexString(40, lowercase: true), ct);
        File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await GiveToPostgresAsync(ct);
        string[] arguments =
        [
            "-D", Seen(name), "-U", User, "--pwfile", Seen("password"), "-k", "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", .. _disposable ? (string[])["--no-sync"] : [],
        ];
        var result = await RunAsync(ct, "initdb", arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed: {result.Output}{(_hidden ? HiddenHint : "")}");
        }

        Directory.Move(Path.Combine(_data, name), Cluster);
    }

    private void ClearDrafts()
    {
        foreach (var draft in Directory.GetDirectories(_data, "draft-*"))
        {
            try
            {
                Directory.Delete(draft, recursive: true);
            }
            catch (IOException)
            {
                // Still being written: the next first start finds it finished, or there is none.
            }
        }
    }

    private async Task StartServerAsync(CancellationToken ct)
    {
        if (!await TryAdoptAsync(ct))
        {
            await LaunchAsync(FreePort(), ct);
        }
    }

    /// <summary>Starts it again, on the port that everybody knows, when it has died. True when it had.</summary>
    /// <exception cref="InvalidOperationException">It does not start; the message quotes its log.</exception>
    public async Task<bool> ReviveAsync(CancellationToken ct)
    {
        if (Postmaster() is not null)
        {
            return false;
        }

        await LaunchAsync(new NpgsqlConnectionStringBuilder(ConnectionString).Port, ct);
        return true;
    }

    private async Task LaunchAsync(int port, CancellationToken ct)
    {
        var options = string.Join(' ',
            $"-p {port}", "-c listen_addresses=127.0.0.1", "-c unix_socket_directories=''", $"-c max_connections={_maxConnections}", "-c shared_buffers=64MB",
            "-c wal_compression=on", "-c deadlock_timeout=1s", "-c log_min_messages=warning", "-c log_min_error_statement=panic");
        var result = await RunAsync(ct, "pg_ctl", "start", "-D", Seen("cluster"), "-w", "-t", "60", "-l", Seen("server.log"), "-o", options);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"PostgreSQL did not start under {_data}: {result.Output} {await LogTailAsync(ct)}");
        }

        ConnectionString = await ConnectAsync(port, ct);
    }

    /// <summary>
    /// A server process killed hard leaves its PostgreSQL running: it is healthy and holds the data, so it is used on. One that
    /// recovers from a crash is waited for; one that another process is just stopping is gone a moment later.
    /// </summary>
    private async Task<bool> TryAdoptAsync(CancellationToken ct)
    {
        for (var attempt = 0; attempt < AdoptAttempts && Postmaster() is { Port: var port }; attempt++)
        {
            try
            {
                ConnectionString = await ConnectAsync(port, ct);
                Adopted = true;
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
            }
        }

        return false;
    }

    /// <summary>Process and port of the server that runs on our cluster, or null when none does. A dead process that nobody has buried does not count.</summary>
    private (int Process, int Port)? Postmaster()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(Cluster, "postmaster.pid"));
            if (lines.Length < 4 || !int.TryParse(lines[0], out var process) || !int.TryParse(lines[3], out var port))
            {
                return null;
            }

            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is 'Z' or 'X' ? null : (process, port);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
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
        if (!_asRoot)
        {
            return ExecAsync(ct, path, arguments);
        }

        // setpriv rather than su: no PAM session, no login shell, no controlling terminal.
        string[] asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments];
        return _hidden
            ? ExecAsync(ct, "unshare", ["--mount", "--", "sh", "-c", $"mount --bind \"$0\" {HiddenMount} && exec \"$@\"", _data, .. asPostgres])
            : ExecAsync(ct, asPostgres[0], asPostgres[1..]);
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

    private static bool PassableForAll(string folder)
    {
        for (var parent = Directory.GetParent(folder); parent is not null; parent = parent.Parent)
        {
            if (parent.Exists && !File.GetUnixFileMode(parent.FullName).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
