using System.Diagnostics;
using Quartz;
using Quartz.Extensibility;

namespace AIMake.Platform.Scheduling;

/// <summary>Quartz's door to <see cref="IRecurringJob"/>: finds the job by name and runs it once.</summary>
[DisallowConcurrentExecution]
internal sealed class RecurringJobRunner(IReadOnlyDictionary<string, IRecurringJob> jobs, ILogger log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var name = context.JobDetail.Key.Name;
        if (!jobs.TryGetValue(name, out var job))
        {
            SchedulingLog.UnknownJob(log, name); // a newer node scheduled it; it will run there
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await job.RunOnceAsync(cancellationToken);
            SchedulingLog.JobDone(log, name, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds, context.Recovering);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw; // handed back: Quartz lets another node run it
        }
        catch (Exception e)
        {
            SchedulingLog.JobFailed(log, e, name);
        }
    }

    /// <summary>Makes the runner without asking a container: there is one kind of job.</summary>
    internal sealed class Factory(IReadOnlyDictionary<string, IRecurringJob> jobs, ILogger log) : IJobFactory
    {
        public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new JobScope(new RecurringJobRunner(jobs, log)));

        public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
