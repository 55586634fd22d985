using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>Refuses a database that could forget what it acknowledged, or that is too old.</summary>
internal static class DatabaseSafety
{
    private const int OldestVersion = 150000;
    private static readonly string[] MustBeOn = ["fsync", "full_page_writes", "synchronous_commit"];

    /// <param name="patience">How long to wait for a server that does not answer yet.</param>
    /// <exception cref="InvalidOperationException">Names every setting at fault and the command that cures it.</exception>
    public static async Task CheckAsync(string connectionString, TimeSpan patience, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(connectionString, patience, ct);
        await using var query = new NpgsqlCommand(
            "SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')",
            connection);
        await using var reader = await query.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var faults = Faults(reader.GetInt32(0), [reader.GetString(1), reader.GetString(2), reader.GetString(3)]).ToArray();
        if (faults.Length > 0)
        {
            throw new InvalidOperationException($"This PostgreSQL cannot be trusted with paid work:{string.Concat(faults.Select(f => $"\n  - {f}"))}");
        }
    }

    private static IEnumerable<string> Faults(int version, string[] values)
    {
        if (version < OldestVersion)
        {
            yield return $"It is version {version / 10000}; 15 or newer is needed.";
        }

        foreach (var (name, value) in MustBeOn.Zip(values))
        {
            // remote_write, local and remote_apply all mean "flushed here first".
            if (value == "off")
            {
                yield return $"{name} is off, so a crash may lose what was acknowledged. Run: ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();";
            }
        }
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, TimeSpan patience, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5, ApplicationName = "aimake-start" };
        var attempts = 1 + (int)(patience.TotalMilliseconds / 500);
        for (var attempt = 1; ; attempt++)
        {
            var connection = new NpgsqlConnection(settings.ConnectionString);
            try
            {
                await connection.OpenAsync(ct);
                return connection;
            }
            catch (NpgsqlException e)
            {
                await connection.DisposeAsync();
                var mayCome = e is not PostgresException || e.SqlState is PostgresErrorCodes.CannotConnectNow;
                if (!mayCome || attempt >= attempts)
                {
                    throw new InvalidOperationException(
                        $"The database at {settings.Host}:{settings.Port} does not let us in: {e.Message} Check DATABASE_URL, or unset it to use a private database.", e);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), ct);
            }
        }
    }
}
