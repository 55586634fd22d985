using System.Diagnostics;
using AIMake.Platform.Settings;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>
/// Makes the database ready before anything else starts: finds it or runs a private one, refuses one that may lose
/// acknowledged work, applies migrations. A private one is stopped after everything else has stopped.
/// </summary>
internal sealed class DatabaseServer(DatabaseOptions options, DataFolder data, ILogger<DatabaseServer> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(60);
    private readonly Lock _beginning = new();
    private Task<string>? _opening;
    private readonly CancellationTokenSource _watching = new();
    private PrivatePostgres? _private;
    private Task _watch = Task.CompletedTask;
    private string? _connectionString;

    /// <exception cref="InvalidOperationException">Asked before the database was started: a bug in the order of composition.</exception>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The database has not been started yet.");

    /// <summary>True when the database is our own, under the data folder.</summary>
    public bool IsPrivate => string.IsNullOrEmpty(options.Url);

    /// <summary>Starts looking for the database, so that the rest of the process can load meanwhile.</summary>
    public void Begin(CancellationToken ct)
    {
        lock (_beginning)
        {
            _opening ??= Task.Run(() => OpenAsync(ct), ct);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        Begin(cancellationToken);
        var connectionString = await _opening!;
        var applied = options.MigrateOnStart ? await Migrator.ApplyAsync(connectionString, cancellationToken) : 0;
        _connectionString = connectionString;
        if (_private is not null)
        {
            _watch = Task.Run(() => WatchAsync(_private, _watching.Token), CancellationToken.None);
        }

        PlatformLog.DatabaseReady(log, applied, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _watching.CancelAsync();
        await _watch;
        if (_private is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await _private.StopAsync(CancellationToken.None); // also when the time for stopping is up: it must not be left half down
        }
    }

    /// <summary>A private database has nobody else to look after it: when it dies it is started again, and recovers what was committed.</summary>
    private async Task WatchAsync(PrivatePostgres postgres, CancellationToken ct)
    {
        using var rounds = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await NextAsync(rounds, ct))
        {
            try
            {
                if (await postgres.ReviveAsync(ct))
                {
                    PlatformLog.DatabaseRevived(log);
                }
            }
            catch (Exception e) when (e is InvalidOperationException or NpgsqlException or IOException)
            {
                PlatformLog.DatabaseNotRevived(log, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer rounds, CancellationToken ct)
    {
        try
        {
            return await rounds.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Opens the database for a tool that may run beside a server: nothing is created or migrated. False when there is none yet.
    /// </summary>
    public async Task<bool> BorrowAsync(CancellationToken ct)
    {
        if (IsPrivate && !PrivatePostgres.Exists(Path.Combine(data.Path, "postgres")))
        {
            return false;
        }

        Begin(ct);
        _connectionString = await _opening!;
        return true;
    }

    /// <summary>Leaves the database as <see cref="BorrowAsync"/> found it: running, or stopped.</summary>
    public Task ReturnAsync() => _private is { Adopted: false } ? StopAsync(CancellationToken.None) : Task.CompletedTask;

    public void Dispose() => _watching.Dispose();

    private async Task<string> OpenAsync(CancellationToken ct)
    {
        string connectionString;
        if (IsPrivate)
        {
            _private = await PrivatePostgres.StartAsync(data.Shared("postgres"), ct);
            connectionString = _private.ConnectionString;
        }
        else
        {
            connectionString = DatabaseUrl.ToConnectionString(options.Url!);
        }

        try
        {
            await DatabaseSafety.CheckAsync(connectionString, IsPrivate ? TimeSpan.Zero : PatienceAtStart, ct);
            return connectionString;
        }
        catch when (_private is { Adopted: false })
        {
            await _private.StopAsync(CancellationToken.None); // started for a server that will not be
            throw;
        }
    }
}
