using System.Diagnostics;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Tests.Platform.Database;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"aimake-tests-{Guid.NewGuid():N}");

    public PrivatePostgresTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_starts_stops_and_keeps_its_rows_in_a_folder_that_only_our_own_user_may_enter()
    {
        Assert.SkipWhen(Environment.UserName == "root" && !MayMount(), "this machine does not let root make mounts of its own");
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var data = Path.Combine(_folder, "postgres");

        var first = await PrivatePostgres.StartAsync(data, TestContext.Current.CancellationToken);
        await QueryAsync(first, "CREATE TABLE kept AS SELECT 42 AS n");
        await first.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Path.Combine(data, "cluster", "postmaster.pid")));

        var second = await PrivatePostgres.StartAsync(data, TestContext.Current.CancellationToken);
        Assert.Equal(42, await QueryAsync(second, "SELECT n FROM kept"));
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_first_start_that_was_cut_off_does_not_spoil_the_next_one()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "draft-of-a-killed-start", "base"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "password"), "of the killed start", TestContext.Current.CancellationToken);

        var postgres = await PrivatePostgres.StartAsync(_folder, TestContext.Current.CancellationToken);
        Assert.Equal(1, await QueryAsync(postgres, "SELECT 1"));
        await postgres.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetDirectories(_folder, "draft-*"));
    }

    private static bool MayMount()
    {
        using var attempt = Process.Start("unshare", ["--mount", "true"]);
        attempt.WaitForExit();
        return attempt.ExitCode == 0;
    }

    private static async Task<object?> QueryAsync(PrivatePostgres postgres, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
