using AIMake.Platform.Database;
using Npgsql;
using Quartz;

namespace AIMake.Platform.Scheduling;

/// <summary>
/// Runs Quartz on our database once the server is up, so that starting is not slowed by it, and hands interrupted work
/// back when the server stops.
/// </summary>
internal sealed class ClusterScheduler(
    IEnumerable<IRecurringJob> jobs, Database.Database database, SchedulingOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILoggerFactory logs)
    : IHostedService, IAsyncDisposable
{
    private const string ClusterName = "aimake";
    private readonly Dictionary<string, IRecurringJob> _jobs = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);
    private readonly ILogger _log = logs.CreateLogger<ClusterScheduler>();
    private readonly TaskCompletionSource<IScheduler> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _starting = Task.CompletedTask;
    private NpgsqlDataSource? _source;

    /// <summary>Ends once recurring work is on.</summary>
    public Task<IScheduler> Running => _running.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _starting = Task.Run(() => BeginAsync(lifetime.ApplicationStopping)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _starting;
        if (_running.Task.IsCompletedSuccessfully)
        {
            // Waits for what runs, after asking it to stop; what throws its cancellation is stored for another node.
            await (await _running.Task).Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    private async Task BeginAsync(CancellationToken ct)
    {
        for (var wait = 1; !ct.IsCancellationRequested; wait = Math.Min(wait * 2, 30))
        {
            try
            {
                var scheduler = await BuildAsync(ct);
                foreach (var job in _jobs.Values)
                {
                    await DeclareAsync(scheduler, job, ct);
                }

                await scheduler.Start(ct);
                SchedulingLog.Started(_log, _jobs.Count, scheduler.SchedulerInstanceId);
                _running.TrySetResult(scheduler);
                return;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                SchedulingLog.StartFailed(_log, e, wait);
                await Task.Delay(TimeSpan.FromSeconds(wait), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<IScheduler> BuildAsync(CancellationToken ct)
    {
        _source ??= CreateSource();
        return await QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.Services.AddSingleton(logs);
            quartz.ConfigureScheduler(o =>
            {
                o.InstanceName = ClusterName;
                o.GenerateInstanceId = true;
                o.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(options.Concurrency);
            quartz.UseTimeProvider(time);
            quartz.UseJobFactory(new RecurringJobRunner.Factory(_jobs, _log));
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(o => o.DataSourceFactory = _ => _source!);
                store.UseClustering(o =>
                {
                    o.CheckinInterval = options.CheckinInterval;
                    o.CheckinMisfireThreshold = options.CheckinMisfireThreshold;
                });
                store.ConfigureStore(o =>
                {
                    o.TablePrefix = "quartz.";
                    o.SchemaProvisioning = SchemaProvisioning.None; // our migrations make it
                    o.AcceptEnlistedTransactions = true;
                    o.RecoverFiringsCancelledByShutdown = true;
                    o.MaxConsecutiveFireFailures = 5;
                    o.CommandTimeout = TimeSpan.FromSeconds(10);
                    o.UseBackgroundThreads = true;
                });
            });
        }).BuildScheduler(ct);
    }

    /// <summary>
    /// Makes the job and its trigger known to the cluster. What is stored already is left alone while its schedule is the
    /// same: replacing it would lose a run that waits for recovery.
    /// </summary>
    private async Task DeclareAsync(IScheduler scheduler, IRecurringJob job, CancellationToken ct)
    {
        var detail = JobBuilder.Create<RecurringJobRunner>().WithIdentity(job.Name).RequestRecovery().StoreDurably().Build();
        if (!await scheduler.Exists(detail.Key, ct))
        {
            await scheduler.AddJob(detail, AddJobOptions.Replacing, ct); // two nodes may both find it missing
        }

        var key = new TriggerKey(job.Name);
        var schedule = job.When.ToString();
        var stored = await scheduler.GetTrigger(key, ct);
        if (stored?.Description == schedule)
        {
            return;
        }

        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(key)
            .ForJob(detail.Key)
            .WithDescription(schedule)
            .WithSchedule(Schedule(job.When))
            .StartNow()
            .Build();
        await scheduler.ScheduleTrigger(trigger, stored is null ? TriggerConflict.Keep : TriggerConflict.Replace, ct);
    }

    private static IScheduleBuilder Schedule(Recurrence when) =>
        when.Interval is { } interval
            ? SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)
            : CronScheduleBuilder.Create(when.Expression!).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed);

    private NpgsqlDataSource CreateSource() => new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            ApplicationName = "aimake-quartz",
            MaxPoolSize = options.Concurrency + 4,
            Timeout = 5,
            CommandTimeout = 10,
            KeepAlive = 15,
        }.ConnectionString).Build();
}
