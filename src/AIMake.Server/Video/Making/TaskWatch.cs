using AIMake.Generations;
using AIMake.Platform.Faults;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Video.Making;

/// <summary>
/// Asks about a task until it has ended or the deadline has passed, with the key that began it. A question that fails is asked
/// again, ever more slowly: what is being made should not be lost for that.
/// </summary>
internal sealed class TaskWatch(IProviderRouter router, VideoKeeper keeper, VideoRecorder recorder, VideoOptions options, TimeProvider time, ILogger<TaskWatch> log)
{
    /// <summary>A vendor that says so often in a row that it has no such task is believed.</summary>
    private const int MostUnknown = 3;
    private const int MostFetches = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public async Task<RunResult> LookAsync(GenerationRun run, VideoWork work, VideoTicket ticket, CancellationToken ct)
    {
        var state = WatchState.Of(run.State);
        ProviderLease? lease = null;
        try
        {
            lease = await router.ReopenAsync(ticket.Provider, ticket.KeyId, run.UserId, ct);
            var videos = lease.Vendor.Videos(lease.Endpoint)
                ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "makes no video any more"));
            var task = await videos.PollAsync(ticket.TaskId, ct);
            lease.Begun();
            Failpoint.Hit("video.polled");
            return task.State switch
            {
                VideoTaskState.Succeeded => await TakeAsync(run, work, ticket, state, videos, task, ct),
                VideoTaskState.Failed => Failed(run, work, ticket, task),
                _ => Later(run, work, ticket, state with { Polls = state.Polls + 1, Misses = 0, Unknown = 0 }, Pause(videos, state.Polls + 1), task),
            };
        }
        catch (ProviderException e)
        {
            lease?.Failed(e.Fault);
            return Missed(run, work, ticket, state, lease, e.Fault);
        }
        finally
        {
            lease?.Dispose();
        }
    }

    private RunResult Failed(GenerationRun run, VideoWork work, VideoTicket ticket, VideoTask task)
    {
        var fault = task.Fault ?? new ProviderFault(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: false);
        VideoLog.TaskFailed(log, run.Id, ticket.Provider, fault.Kind, fault.Detail);
        return recorder.Fail(run, work, ProviderFaults.ToFault(fault, ticket.Provider, work.OwnKey), ticket.Provider, work.OwnKey ? null : task.Usage?.CostMicroUsd);
    }

    /// <summary>The question itself failed.</summary>
    private RunResult Missed(GenerationRun run, VideoWork work, VideoTicket ticket, WatchState state, ProviderLease? lease, ProviderFault fault)
    {
        state = state with { Polls = state.Polls + 1, Misses = state.Misses + 1, Unknown = fault.Kind == ProviderFaultKind.Rejected ? state.Unknown + 1 : 0 };
        VideoLog.PollFailed(log, run.Id, ticket.Provider, state.Misses, fault.Kind, fault.Detail);
        if (state.Unknown >= MostUnknown)
        {
            return recorder.Fail(run, work, ProviderFaults.ToFault(fault, ticket.Provider, work.OwnKey), ticket.Provider, ticket.CostMicroUsd);
        }

        var pause = Pause(lease?.Vendor.Videos(lease.Endpoint), state.Polls) * Math.Pow(2, Math.Min(state.Misses, 10) - 1);
        pause = pause < Longest ? pause : Longest;
        return Later(run, work, ticket, state, fault.RetryAfter is { } wish && wish > pause ? Shorter(wish, Longest) : pause);
    }

    private async Task<RunResult> TakeAsync(
        GenerationRun run, VideoWork work, VideoTicket ticket, WatchState state, IVideoProvider videos, VideoTask task, CancellationToken ct)
    {
        run.Report(0.9, "storing");
        var (made, trouble) = await keeper.KeepAsync(run, videos, task, ct);
        if (made is not null)
        {
            return recorder.Succeed(run, work, ticket, task, made);
        }

        // The key is not blamed: a link leads to a store of files, which has never heard of it.
        VideoLog.FetchFailed(log, run.Id, ticket.Provider, state.Fetches + 1, trouble!.Detail);
        if (trouble.Final || (trouble.Counts && state.Fetches + 1 >= MostFetches))
        {
            return recorder.Fail(run, work, trouble.Fault(ticket.Provider), ticket.Provider, work.OwnKey ? null : task.Usage?.CostMicroUsd ?? ticket.CostMicroUsd);
        }

        state = state with { Polls = state.Polls + 1, Misses = 0, Unknown = 0, Fetches = state.Fetches + (trouble.Counts ? 1 : 0) };
        return Later(run, work, ticket, state, trouble.Wait is { } wait ? Shorter(wait, Longest) : Pause(videos, state.Fetches));
    }

    private RunResult Later(GenerationRun run, VideoWork work, VideoTicket ticket, WatchState state, TimeSpan pause, VideoTask? task = null)
    {
        var left = ticket.At + options.Deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            VideoLog.Late(log, run.Id, ticket.Provider, options.Deadline.TotalSeconds);
            return recorder.Expire(run, work, ticket, options.Deadline);
        }

        run.Report(0.05 + (0.8 * (task?.Progress ?? 0)), "making");
        return new RunResult.Snooze(Shorter(pause, left), state.ToJson());
    }

    /// <summary>As often as the vendor likes to be asked, half as long again each time.</summary>
    private TimeSpan Pause(IVideoProvider? videos, int polls)
    {
        if (options.PollEvery is { } every)
        {
            return every;
        }

        var (first, most) = videos?.PollEvery ?? (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
        return Shorter(first * Math.Pow(1.5, Math.Min(polls, 20)), most);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
