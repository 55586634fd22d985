using AIMake.Platform.Scheduling;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Platform.Scheduling;

public sealed class ClusterSchedulerTests
{
    private static readonly string[] Fast =
        ["--Scheduling:Enabled=true", "--Scheduling:CheckinInterval=00:00:01", "--Scheduling:CheckinMisfireThreshold=00:00:01"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_job_recurs_and_never_runs_twice_at_once_on_two_nodes()
    {
        var job = new CountingJob("test-count", TimeSpan.FromMilliseconds(300));
        await using var one = await NodeAsync(job);
        await using var two = await NodeAsync(job, one.ConnectionString);

        await job.ReachedAsync(6).WaitAsync(Patience);

        Assert.Equal(1, job.MostAtOnce);
    }

    [Fact]
    public async Task A_run_that_a_deploy_cuts_off_is_run_again_on_another_node()
    {
        var cut = new CutJob("test-cut");
        await using var one = await NodeAsync(cut);
        await cut.Began.WaitAsync(Patience);
        var again = new CountingJob("test-cut", TimeSpan.FromDays(1));
        await using var two = await NodeAsync(again, one.ConnectionString);

        await one.StopAsync();

        Assert.True(cut.WasCancelled);
        await again.ReachedAsync(1).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_job_that_throws_is_run_again_at_its_next_time()
    {
        var job = new CountingJob("test-throw", TimeSpan.FromMilliseconds(200)) { Throws = true };
        await using var app = await NodeAsync(job);

        await job.ReachedAsync(3).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_schedule_that_changed_replaces_the_stored_one()
    {
        var yearly = new CountingJob("test-changed", TimeSpan.FromDays(365));
        await using (var before = await NodeAsync(yearly))
        {
            await yearly.ReachedAsync(1).WaitAsync(Patience);
            var often = new CountingJob("test-changed", TimeSpan.FromMilliseconds(200));
            await using var after = await NodeAsync(often, before.ConnectionString);

            await WaitForAsync(() => yearly.Count + often.Count >= 4);
        }
    }

    [Fact]
    public async Task A_node_that_only_answers_requests_runs_no_recurring_work()
    {
        var job = new CountingJob("test-api", TimeSpan.FromMilliseconds(200));
        await using var app = await TestApp.StartAsync(
            b => b.Services.AddSingleton<IRecurringJob>(job), settings: [.. Fast, "--Server:Role=api"]);

        Assert.Null(app.Services.GetService<ClusterScheduler>());
    }

    /// <summary>Schedulers that make the rows themselves may meet at it, and then wait by their clock, which in a test may stand still.</summary>
    [Fact]
    public async Task The_rows_that_schedulers_lock_are_there_before_the_first_one_starts()
    {
        await using var connection = new NpgsqlConnection(await TestPostgres.CreateDatabaseAsync());
        await connection.OpenAsync();
        await using var names = new NpgsqlCommand("SELECT string_agg(sched_name || ' ' || lock_name, ', ' ORDER BY lock_name) FROM quartz.locks", connection);

        Assert.Equal("aimake STATE_ACCESS, aimake TRIGGER_ACCESS", await names.ExecuteScalarAsync());
    }

    /// <summary>F03, on the scheduler's own sessions.</summary>
    [Fact]
    public async Task Recurring_work_outlives_the_end_of_all_its_sessions()
    {
        var job = new CountingJob("test-sessions", TimeSpan.FromMilliseconds(300));
        await using var app = await NodeAsync(job);
        await job.ReachedAsync(1).WaitAsync(Patience);

        for (var round = 0; round < 5; round++)
        {
            await EndSessionsAsync(app);
            var before = job.Count;
            await WaitForAsync(() => job.Count >= before + 2);
        }
    }

    /// <summary>Ends all sessions but its own; between two runs there may be none for a moment, so it goes on until one was hit.</summary>
    private static async Task EndSessionsAsync(TestApp app)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(app.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var end = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
        using var patience = new CancellationTokenSource(Patience);
        while ((long)(await end.ExecuteScalarAsync(patience.Token))! == 0)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<TestApp> NodeAsync(IRecurringJob job, string? database = null)
    {
        var app = await TestApp.StartAsync(b => b.Services.AddSingleton(job), settings: Fast, database: database);
        await app.Get<ClusterScheduler>().Running.WaitAsync(Patience);
        return app;
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private sealed class CountingJob(string name, TimeSpan interval) : IRecurringJob
    {
        private readonly SemaphoreSlim _runs = new(0);
        private int _count;
        private int _now;

        public string Name => name;

        public Recurrence When => Recurrence.Every(interval);

        public bool Throws { get; init; }

        public int Count => _count;

        public int MostAtOnce { get; private set; }

        public async Task RunOnceAsync(CancellationToken ct)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            await Task.Yield();
            Interlocked.Increment(ref _count);
            Interlocked.Decrement(ref _now);
            _runs.Release();
            if (Throws)
            {
                throw new InvalidOperationException("as told");
            }
        }

        public async Task ReachedAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await _runs.WaitAsync();
            }
        }
    }

    private sealed class CutJob(string name) : IRecurringJob
    {
        private readonly TaskCompletionSource _began = new();

        public string Name => name;

        public Recurrence When => Recurrence.Every(TimeSpan.FromDays(1));

        public Task Began => _began.Task;

        public bool WasCancelled { get; private set; }

        public async Task RunOnceAsync(CancellationToken ct)
        {
            _began.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                WasCancelled = ct.IsCancellationRequested;
            }
        }
    }
}
