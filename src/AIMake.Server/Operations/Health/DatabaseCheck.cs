using AIMake.Platform.Database;

namespace AIMake.Operations.Health;

/// <summary>A round trip to the database on the pool that callers use.</summary>
internal sealed class DatabaseCheck(Database database) : IReadinessCheck
{
    public string Name => "database";

    public async Task<bool> CheckAsync(CancellationToken ct)
    {
        await using var connection = await database.Source(DbPurpose.Admin).OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        return await command.ExecuteScalarAsync(ct) is 1;
    }
}
