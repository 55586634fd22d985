using AIMake.Platform.Database;
using Npgsql;

[assembly: AssemblyFixture(typeof(AIMake.Tests.Hosting.TestPostgresEnd))]

namespace AIMake.Tests.Hosting;

/// <summary>
/// One real PostgreSQL for the whole test run, on a free port in a temporary folder, with a migrated template. Each test
/// class asks for a database of its own, cloned from it in milliseconds.
/// </summary>
/// <remarks>
/// Where memory has room it lives there: it syncs as any other, and nobody waits for a disk while thousands of databases
/// are made. Copying files is quick there, and slow on a disk.
/// </remarks>
internal static class TestPostgres
{
    private const string Memory = "/dev/shm";
    private const long RoomNeeded = 6L << 30;

    /// <summary>Databases done with that are still kept: a test may look at one again, or start another server on it.</summary>
    private const int Kept = 100;

    private static readonly bool InMemory = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > RoomNeeded;
    private static readonly Lazy<Task<PrivatePostgres>> Server = new(StartAsync);
    private static readonly SemaphoreSlim Cloning = new(1);
    private static readonly List<string> Done = [];
    private static Func<Task>? _stop;

    /// <returns>Connection string of a fresh, migrated database.</returns>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = await Server.Value;
        var name = $"test_{Guid.NewGuid():N}";
        await Cloning.WaitAsync();
        try
        {
            await RunAsync(server.ConnectionString, $"CREATE DATABASE {name} TEMPLATE aimake_template STRATEGY {(InMemory ? "file_copy" : "wal_log")}");
        }
        finally
        {
            Cloning.Release();
        }

        return On(server, name);
    }

    /// <summary>Whoever asked for the database needs it no longer: it is dropped once <see cref="Kept"/> others are done with, too.</summary>
    public static async Task ReleaseAsync(string connectionString)
    {
        string? oldest = null;
        lock (Done)
        {
            Done.Add(connectionString);
            if (Done.Count > Kept)
            {
                oldest = Done[0];
                Done.RemoveAt(0);
            }
        }

        if (oldest is not null)
        {
            await RunAsync((await Server.Value).ConnectionString, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(oldest).Database} WITH (FORCE)");
        }
    }

    /// <summary>Somebody uses the database again.</summary>
    public static void Keep(string connectionString)
    {
        lock (Done)
        {
            Done.Remove(connectionString);
        }
    }

    /// <summary>A database without any of our schemas, for tests of migrating itself.</summary>
    public static async Task<string> CreateEmptyDatabaseAsync()
    {
        var server = await Server.Value;
        var name = $"test_{Guid.NewGuid():N}";
        await RunAsync(server.ConnectionString, $"CREATE DATABASE {name} TEMPLATE template0");
        return On(server, name);
    }

    /// <summary>Ends it, if any test has asked for it.</summary>
    public static Task StopAsync() => Interlocked.Exchange(ref _stop, null)?.Invoke() ?? Task.CompletedTask;

    private static async Task<PrivatePostgres> StartAsync()
    {
        ForgetKilledRuns();
        var folder = Path.Combine(InMemory ? Memory : Path.GetTempPath(), $"aimake-tests-{Environment.ProcessId}-{Guid.NewGuid():N}");
        var server = await PrivatePostgres.StartAsync(folder, CancellationToken.None, maxConnections: 400, disposable: true);
        _stop = async () =>
        {
            await server.StopAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        };

        await RunAsync(server.ConnectionString, "CREATE DATABASE aimake_template");
        await Migrator.ApplyAsync(On(server, "aimake_template"), CancellationToken.None);
        return server;
    }

    /// <summary>What a run that was killed left in memory; its server, if it still runs, ends when it misses its folder.</summary>
    private static void ForgetKilledRuns()
    {
        foreach (var folder in InMemory ? Directory.GetDirectories(Memory, "aimake-tests-*") : [])
        {
            if (!Directory.Exists($"/proc/{Path.GetFileName(folder).Split('-')[2]}"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string On(PrivatePostgres server, string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database }.ConnectionString;

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Stops the database after the last test: at the exit of the process there would be too little time on a busy machine.</summary>
public sealed class TestPostgresEnd : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await TestPostgres.StopAsync();
}
