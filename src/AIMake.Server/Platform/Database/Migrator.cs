using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>One numbered SQL file, embedded from <c>&lt;Module&gt;/Migrations/NNNN_name.sql</c>.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>All migrations of this assembly in order. A number used twice is a bug and throws.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load();

    private static Migration[] Load()
    {
        var assembly = typeof(Migration).Assembly;
        var found = assembly.GetManifestResourceNames()
            .Where(n => n.Contains(".Migrations.", StringComparison.Ordinal) && n.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource))
            .OrderBy(m => m.Number)
            .ToArray();
        return found.DistinctBy(m => m.Number).Count() == found.Length
            ? found
            : throw new InvalidOperationException("Two migrations share a number.");
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var file = resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..^".sql".Length].TrimStart('_');
        var (number, name) = (file[..4], file[5..]);
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}

/// <summary>
/// Applies what is missing, each migration in a transaction of its own with its record, under one advisory lock: nodes that
/// start together apply each once, and one killed in the middle leaves a whole migration or none.
/// </summary>
internal static class Migrator
{
    private const long Lock = 0x41494D616B65; // "AIMake"

    /// <returns>How many were applied.</returns>
    /// <exception cref="InvalidOperationException">An applied migration was edited afterwards, or the database is newer than this program and incompatible.</exception>
    public static async Task<int> ApplyAsync(string connectionString, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0, ApplicationName = "aimake-migrate" };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        if (await IsCurrentAsync(connection, ct))
        {
            return 0;
        }

        await RunAsync(connection, $"SELECT pg_advisory_lock({Lock})", ct);
        await RunAsync(
            connection,
            """
            CREATE SCHEMA IF NOT EXISTS platform;
            CREATE TABLE IF NOT EXISTS platform.migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now());
            """,
            ct);
        var applied = await AppliedAsync(connection, ct);
        var count = 0;
        foreach (var migration in Migration.All)
        {
            if (applied.TryGetValue(migration.Number, out var checksum))
            {
                if (checksum != migration.Checksum)
                {
                    throw new InvalidOperationException(
                        $"Migration {migration.Number:0000}_{migration.Name} was changed after it was applied. Restore the file and add a new migration instead.");
                }

                continue;
            }

            await ApplyOneAsync(connection, migration, ct);
            count++;
        }

        return count;
    }

    /// <summary>The usual start: everything is applied, and that is seen in one query without taking the lock.</summary>
    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            var applied = await AppliedAsync(connection, ct);
            return Migration.All.All(m => applied.TryGetValue(m.Number, out var checksum) && checksum == m.Checksum);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return false;
        }
    }

    private static async Task ApplyOneAsync(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await RunAsync(connection, migration.Sql, ct);
        await using (var record = new NpgsqlCommand("INSERT INTO platform.migrations (number, name, checksum) VALUES ($1, $2, $3)", connection, transaction))
        {
            record.Parameters.Add(new() { Value = migration.Number });
            record.Parameters.Add(new() { Value = migration.Name });
            record.Parameters.Add(new() { Value = migration.Checksum });
            await record.ExecuteNonQueryAsync(ct);
        }

        Failpoint.Hit($"migrate.{migration.Number:0000}");
        await transaction.CommitAsync(ct);
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand("SELECT number, checksum FROM platform.migrations", connection);
        await using var reader = await query.ExecuteReaderAsync(ct);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(ct))
        {
            applied[reader.GetInt32(0)] = reader.GetString(1);
        }

        return applied;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
