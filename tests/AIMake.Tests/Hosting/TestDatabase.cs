using Npgsql;

namespace AIMake.Tests.Hosting;

/// <summary>Reaches past the server into its database, for what no route does (yet).</summary>
internal static class TestDatabase
{
    public static async Task<object?> ExecuteAsync(TestServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
