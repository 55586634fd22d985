using AIMake.Credits;
using AIMake.Credits.Checking;
using AIMake.Platform.Database;

namespace AIMake.Tests.Credits;

/// <summary>To be called at the end of every test that moved money.</summary>
internal static class LedgerAssert
{
    /// <summary>Fails with every broken invariant and the ids that break it.</summary>
    /// <param name="timely">Also require that nothing waits for a sweeper.</param>
    public static async Task CleanAsync(string connectionString, bool timely = false)
    {
        await using var database = new Database(connectionString, new DatabaseOptions { JobConnections = 1 });
        await CleanAsync(database, TimeProvider.System, timely);
    }

    public static async Task CleanAsync(Database database, TimeProvider time, bool timely = false)
    {
        var findings = await new LedgerChecker(database, new CreditClock(time)).FindAsync(timely, CancellationToken.None);
        Assert.True(findings.Count == 0, $"The ledger is broken:\n  {string.Join("\n  ", findings)}");
    }
}
