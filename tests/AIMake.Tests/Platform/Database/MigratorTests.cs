using AIMake.Platform.Database;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Database;

public sealed class MigratorTests
{
    [Fact]
    public async Task Nodes_that_start_together_apply_each_migration_once()
    {
        var database = await TestPostgres.CreateEmptyDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.ApplyAsync(database, TestContext.Current.CancellationToken)));

        Assert.Equal(Migration.All.Count, applied.Sum());
        Assert.Equal(0, await Migrator.ApplyAsync(database, TestContext.Current.CancellationToken));
    }
}
