using System.Diagnostics;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Tests.Hosting;
using Dapper;
using Npgsql;
using Db = AIMake.Platform.Database.Database;

namespace AIMake.Tests.Platform.Database;

/// <summary>What the one door to PostgreSQL does when PostgreSQL does not do its part.</summary>
public sealed class DatabaseTests : IAsyncLifetime
{
    private Db _database = null!;
    private string _connectionString = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await TestPostgres.CreateDatabaseAsync();
        _database = new Db(_connectionString, new DatabaseOptions { HotConnections = 4 });
        await DirectlyAsync("CREATE TABLE public.notes (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
        await DirectlyAsync("INSERT INTO public.notes (id) SELECT generate_series(1, 4)");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>F03: the whole unit runs again, on a fresh session.</summary>
    [Fact]
    public async Task A_session_that_is_ended_under_a_unit_of_work_runs_the_unit_again_once()
    {
        var runs = 0;
        await _database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                runs++;
                await session.Connection.ExecuteAsync("UPDATE public.notes SET n = n + 1 WHERE id = 1");
                if (runs == 1)
                {
                    await DirectlyAsync($"SELECT pg_terminate_backend({session.Connection.ProcessID})");
                }

                return await session.Connection.ExecuteAsync("UPDATE public.notes SET n = n + 1 WHERE id = 2");
            },
            Ct);

        Assert.Equal(2, runs);
        Assert.Equal(2, await CountAsync());
    }

    /// <summary>F08: transfers in random order dead-lock all the time, and nobody outside hears of it.</summary>
    [Fact]
    public async Task Deadlocks_and_serialization_failures_never_reach_the_caller()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < 15; i++)
            {
                var (from, to) = (random.Next(1, 5), random.Next(1, 5));
                await _database.TransactAsync(
                    DbPurpose.Jobs, // patient with locks: on a busy machine a queue of dead-locks may outlast the two seconds of the hot ones
                    async session =>
                    {
                        await session.Connection.ExecuteAsync("UPDATE public.notes SET n = n - 1 WHERE id = @from", new { from });
                        await session.Connection.ExecuteAsync("UPDATE public.notes SET n = n + 1 WHERE id = @to", new { to });
                        return 0;
                    },
                    Ct);
            }
        })));

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_broken_rule_is_a_bug_and_is_not_tried_again()
    {
        var runs = 0;
        await Assert.ThrowsAsync<PostgresException>(() => _database.TransactAsync(
            DbPurpose.Hot,
            session =>
            {
                runs++;
                return session.Connection.ExecuteAsync("INSERT INTO public.notes (id) VALUES (1)");
            },
            Ct));

        Assert.Equal(1, runs);
    }

    /// <summary>F04: a lock held elsewhere costs a caller two seconds, not for ever.</summary>
    [Fact]
    public async Task A_lock_that_is_not_let_go_is_overloaded_after_two_seconds()
    {
        await using var holder = new NpgsqlConnection(_connectionString);
        await holder.OpenAsync(Ct);
        await using var held = await holder.BeginTransactionAsync(Ct);
        await holder.ExecuteAsync("LOCK TABLE public.notes");
        var asked = Stopwatch.StartNew();

        var fault = await FaultOfAsync(() => _database.TransactAsync(DbPurpose.Hot, s => s.Connection.ExecuteAsync("UPDATE public.notes SET n = 9"), Ct));

        Assert.Equal(FaultCodes.Overloaded, fault.Code);
        Assert.InRange(asked.Elapsed, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(8));
    }

    /// <summary>F05: a pool that is used up answers in seconds, and the other pools go on.</summary>
    [Fact]
    public async Task A_pool_that_is_used_up_is_overloaded_and_leaves_the_others_alone()
    {
        var release = new TaskCompletionSource();
        var holders = Enumerable.Range(0, 4).Select(_ => _database.ReadAsync(
            DbPurpose.Hot,
            async _ =>
            {
                await release.Task;
                return 0;
            },
            Ct)).ToArray();
        var asked = Stopwatch.StartNew();

        var fault = await FaultOfAsync(() => _database.ReadAsync(DbPurpose.Hot, s => s.Connection.QuerySingleAsync<int>("SELECT 1"), Ct));

        Assert.Equal(FaultCodes.Overloaded, fault.Code);
        Assert.InRange(asked.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        Assert.Equal(1, await _database.ReadAsync(DbPurpose.Admin, s => s.Connection.QuerySingleAsync<int>("SELECT 1"), Ct));
        release.SetResult();
        await Task.WhenAll(holders);
    }

    [Fact]
    public async Task A_database_that_is_away_is_unavailable_with_a_time_to_come_back()
    {
        await using var away = new Db("Host=127.0.0.1;Port=1;Username=x;Password=canary;Database=x", new DatabaseOptions());

        var fault = await FaultOfAsync(() => away.ReadAsync(DbPurpose.Hot, s => s.Connection.QuerySingleAsync<int>("SELECT 1"), Ct));

        Assert.Equal(FaultCodes.DatabaseUnavailable, fault.Code);
        Assert.NotNull(fault.RetryAfter);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_a_fault()
    {
        using var left = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _database.ReadAsync(DbPurpose.Hot, s => s.Connection.ExecuteAsync(new CommandDefinition("SELECT pg_sleep(30)", cancellationToken: left.Token)), left.Token));
    }

    [Theory]
    [InlineData("postgresql://user:p%40ss@db.example:6432/name?sslmode=require", "Host=db.example;Port=6432;Database=name;Username=user;Password=p@ss;SSL Mode=Require")]
    [InlineData("postgres://u@h/d", "Host=h;Port=5432;Database=d;Username=u")]
    [InlineData("Host=h;Username=u", "Host=h;Username=u")]
    public void A_database_url_is_read_as_hosting_platforms_write_it(string url, string expected) =>
        Assert.Equal(expected, DatabaseUrl.ToConnectionString(url));

    [Theory]
    [InlineData("mysql://u:p@h/d")]
    [InlineData("postgresql://[")]
    [InlineData("Colour=red")]
    public void Another_thing_is_refused(string url) => Assert.NotNull(DatabaseUrl.Fault(url));

    private static async Task<Fault> FaultOfAsync<T>(Func<Task<T>> work) => (await Assert.ThrowsAsync<DatabaseFaultException>(work)).Fault;

    private async Task<long> CountAsync() => await _database.ReadAsync(DbPurpose.Hot, s => s.Connection.QuerySingleAsync<long>("SELECT sum(n) FROM public.notes"), Ct);

    private async Task DirectlyAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
