using System.Text.Json;
using AIMake.Catalog;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Video.Storage;
using AIMake.Video.Webhooks;

namespace AIMake.Video.Making;

/// <summary>
/// Places the order, the step that is paid. Vendors know no idempotency key, so before each try it is written down that it is about
/// to be made, and after it what came of it: taken, or refused. A run that finds a try of which nothing is known does not place
/// another; the video has failed, and nothing is charged.
/// </summary>
internal sealed class OrderDesk(
    IProviderRouter router, LiveCatalog catalog, IFileStore files, Database database, VideoRecorder recorder, VideoCallbacks callbacks, VideoOptions options,
    TimeProvider time, ILogger<OrderDesk> log)
{
    private const string Taken = "ordered";
    private const string Trying = "ordering";
    private const string Refused = "refused";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>The vendor's task, if an earlier run has ordered it.</summary>
    public static VideoTicket? TicketOf(GenerationRun run) =>
        run.Steps.TryGetValue(Taken, out var step) ? step.Deserialize<VideoTicket>(JsonFaults.Stored) : null;

    public async Task<RunResult> PlaceAsync(GenerationRun run, VideoWork work, CancellationToken ct)
    {
        var tries = run.Steps.Keys.Count(k => k.StartsWith(Trying, StringComparison.Ordinal));
        if (tries > run.Steps.Keys.Count(k => k.StartsWith(Refused, StringComparison.Ordinal)))
        {
            var lost = run.Steps[$"{Trying}-{tries}"].Deserialize<OrderTry>(JsonFaults.Stored)!;
            VideoLog.OrderLost(log, run.Id, lost.Provider);
            return recorder.Fail(run, work, new Fault(FaultCodes.GenerationFailed), lost.Provider, lost.CostOf(work));
        }

        if (!catalog.Current.Find(VideoWork.Kind, work.Model, catalog.Today, work.OwnKey).TryGet(out var model, out var gone))
        {
            return new RunResult.Failed(gone);
        }

        run.Report(0, "ordering");
        var frame = work.Frame is { } stored ? await ReadAsync(stored, ct) : null;
        var query = new RouteQuery(ModelRoutes.Of(model), ModelRoutes.ChoiceOf(model), work.OwnKey ? run.UserId : null) { Once = true };
        var last = new OrderTry(model.Provider, null, null);
        try
        {
            var (task, lease) = await router.RunAsync(query, (l, _) => TryAsync(run, work, frame, ++tries, last = OrderTry.Of(model, l), l), ct);
            lease.Dispose();
            var every = options.PollEvery ?? lease.Vendor.Videos(lease.Endpoint)!.PollEvery.First;
            VideoLog.Ordered(log, run.Id, lease.Route.Provider, task.Id);
            return new RunResult.Snooze(every, WatchState.First.ToJson());
        }
        catch (ProviderException e)
        {
            VideoLog.OrderFailed(log, run.Id, last.Provider, e.Fault.Kind, e.Fault.Stage, e.Fault.Detail);
            var fault = ProviderFaults.ToFault(e.Fault, last.Provider, work.OwnKey);
            return !WasRefused(e.Fault) ? recorder.Fail(run, work, fault, last.Provider, MayBeMade(e.Fault) ? last.CostOf(work) : null)
                : MayBeTakenLater(e.Fault, work.OwnKey) ? new RunResult.Retry(fault)
                : new RunResult.Failed(fault);
        }
    }

    /// <summary>
    /// One try at one vendor. It is not given up in the middle, whoever leaves: only its end tells whether there is a task. Our own
    /// time limits bound it.
    /// </summary>
    private async Task<VideoTask> TryAsync(GenerationRun run, VideoWork work, MediaInput? frame, int number, OrderTry attempt, ProviderLease lease)
    {
        var videos = lease.Vendor.Videos(lease.Endpoint)
            ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "makes no video"));
        var request = new VideoRequest(
            lease.Route.Model, work.Prompt, frame, work.Shape.Resolution, work.Shape.Ratio, work.Seconds, callbacks.With(work.Options, lease.Vendor.Type, run.Id));
        await NoteAsync(run, $"{Trying}-{number}", attempt);
        Failpoint.Hit("video.ordering");
        VideoTask task;
        try
        {
            task = await videos.SubmitAsync(request, CancellationToken.None);
        }
        catch (ProviderException e) when (WasRefused(e.Fault))
        {
            await NoteAsync(run, $"{Refused}-{number}", attempt);
            throw;
        }

        Failpoint.Hit("video.submitted");
        var cost = lease.OwnKey ? null : task.Usage?.CostMicroUsd ?? attempt.CostOf(work);
        await KeepAsync(run, new VideoTicket(attempt.Provider, attempt.KeyId, task.Id, time.GetUtcNow(), cost));
        Failpoint.Hit("video.ordered");
        return task;
    }

    /// <summary>Keeps the task with its generation. It is being paid for: a database that is away is waited for as long as the claim may last.</summary>
    private async Task KeepAsync(GenerationRun run, VideoTicket ticket)
    {
        var since = time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait *= 2)
        {
            try
            {
                await SaveAsync(run, ticket);
                return;
            }
            catch (DatabaseFaultException) when (time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(wait < LongestWait ? wait : LongestWait, time);
            }
        }
    }

    /// <summary>Where the claim was lost meanwhile the task is kept all the same, for whoever tells the vendor that nobody wants it.</summary>
    private async Task SaveAsync(GenerationRun run, VideoTicket ticket)
    {
        var step = JsonSerializer.SerializeToElement(ticket, JsonFaults.Stored);
        if (!await run.CompleteStepAsync(Taken, step, Save, CancellationToken.None))
        {
            await database.TransactAsync(DbPurpose.Jobs, s => Save(s, CancellationToken.None), CancellationToken.None);
            throw new OperationCanceledException();
        }

        Task Save(DbSession session, CancellationToken ct) => VideoStore.SaveTaskAsync(session, run, ticket, ct);
    }

    private static async Task NoteAsync(GenerationRun run, string step, OrderTry attempt)
    {
        if (!await run.CompleteStepAsync(step, JsonSerializer.SerializeToElement(attempt, JsonFaults.Stored), null, CancellationToken.None))
        {
            throw new OperationCanceledException(); // the claim is somebody else's: nothing may be ordered any more
        }
    }

    private async Task<MediaInput> ReadAsync(StoredFrame frame, CancellationToken ct)
    {
        await using var file = await files.OpenAsync(frame.Key, 0, null, ct) ?? throw new FaultException(new(FaultCodes.GenerationFailed));
        var bytes = new byte[frame.Bytes];
        await file.ReadExactlyAsync(bytes, ct);
        return new MediaInput(bytes, frame.MimeType, Path.GetFileName(frame.Key));
    }

    /// <summary>Whether the vendor said no, or never heard of it. After any other failure there may be a task.</summary>
    private static bool WasRefused(ProviderFault fault) =>
        fault.Stage == ProviderStage.Connect
        || fault.Kind is ProviderFaultKind.Throttled or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized or ProviderFaultKind.Rejected or ProviderFaultKind.Unavailable;

    /// <summary>Where one of our keys is out, another may be in by then; a user has one, and should be told.</summary>
    private static bool MayBeTakenLater(ProviderFault fault, bool ownKey) =>
        fault.Kind is not ProviderFaultKind.Rejected && (fault.Retryable || (!ownKey && fault.Kind is (ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized)));

    /// <summary>Whether the vendor may have begun although nobody heard so; a vendor that says it failed has not.</summary>
    private static bool MayBeMade(ProviderFault fault) =>
        fault.Kind is ProviderFaultKind.Timeout or ProviderFaultKind.Interrupted or ProviderFaultKind.InvalidResponse;

    /// <summary>A try at ordering.</summary>
    /// <param name="KeyId">The key of ours it goes to; null with the user's own.</param>
    /// <param name="Costs">What we pay there.</param>
    private sealed record OrderTry(string Provider, Guid? KeyId, IReadOnlyList<UnitCost>? Costs)
    {
        public static OrderTry Of(Model model, ProviderLease lease) => new(lease.Route.Provider, lease.Endpoint.KeyId, ModelRoutes.CostsOf(model, lease.Route));

        public long? CostOf(VideoWork work) => VideoPricing.Cost(Costs, work.Seconds, work.Shape.Resolution);
    }
}
