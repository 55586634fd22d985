using System.Text.Json;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Usage;
using AIMake.Video.Storage;

namespace AIMake.Video.Making;

/// <summary>Turns what became of a task into the end of its generation: the charge, the receipt, and the rows written with them.</summary>
internal sealed class VideoRecorder(IUsageBook usage, LiveCatalog catalog, TimeProvider time, ILogger<VideoRecorder> log)
{
    public RunResult Succeed(GenerationRun run, VideoWork work, VideoTicket ticket, VideoTask task, KeptVideo made)
    {
        var seconds = Length(task.Usage, made);
        var line = VideoPricing.Line(work, VideoPricing.Units(work, seconds));
        var cost = work.OwnKey ? null : task.Usage?.CostMicroUsd ?? CostOf(work, ticket, seconds);
        var used = Event(run, work, ticket.Provider, cost) with
        {
            Usage = (task.Usage ?? ProviderUsage.None) with { Seconds = seconds, Count = 1, CostMicroUsd = cost, Source = task.Usage?.Source ?? UsageSource.Counted },
            Charged = line.Credits, Cut = false,
        };
        var asset = new NewAsset(
            run.UserId, run.Id, VideoService.AssetKind, AssetText.TitleOf(work.Prompt), [], made.MimeType, made.File, TimeSpan.FromSeconds((double)made.Facts.Seconds), null,
            run.Id, line.Credits, NewAsset.Cut(work.Prompt), new VideoDetails(work.Model, ticket.Provider).ToJson())
        {
            Width = made.Facts.Width, Height = made.Facts.Height,
        };
        VideoLog.Done(log, run.Id, (double)made.Facts.Seconds, made.File.Bytes, ticket.Provider, (long)(time.GetUtcNow() - work.OrderedAt).TotalMilliseconds);
        return new RunResult.Succeeded(line.Credits, [line], RecordAsync) { ProviderCostMicroUsd = cost, Provider = ticket.Provider };

        async Task RecordAsync(DbSession session, CancellationToken ct)
        {
            await usage.RecordAsync(session, [used], ct);
            await AssetStore.AddAsync(session, asset, ct);
            await VideoStore.FinishAsync(session, run.UserId, run.Id, made, ct);
        }
    }

    /// <summary>No video, no charge. What it cost us all the same is written down.</summary>
    /// <param name="cost">Micro-USD; null or zero: nothing, as far as is known.</param>
    public RunResult Fail(GenerationRun run, VideoWork work, Fault fault, string provider, long? cost) => new RunResult.Failed(fault)
    {
        Record = async (session, ct) =>
        {
            await RecordLossAsync(session, run, work, provider, cost, ct);
            await VideoStore.EndTaskAsync(session, run.UserId, run.Id, ct);
        },
    };

    /// <summary>The deadline has passed. The task stays open: it may still be stopped at the vendor, and then is closed.</summary>
    public RunResult Expire(GenerationRun run, VideoWork work, VideoTicket ticket, TimeSpan deadline) => new RunResult.Failed(new Fault(FaultCodes.DeadlineExceeded, (long)deadline.TotalSeconds))
    {
        Record = (session, ct) => RecordLossAsync(session, run, work, ticket.Provider, ticket.CostMicroUsd, ct),
    };

    private Task RecordLossAsync(DbSession session, GenerationRun run, VideoWork work, string provider, long? cost, CancellationToken ct) =>
        cost is > 0 && !work.OwnKey ? usage.RecordAsync(session, [Event(run, work, provider, cost)], ct) : Task.CompletedTask;

    /// <summary>Of something that brought nothing, until told otherwise.</summary>
    private UsageEvent Event(GenerationRun run, VideoWork work, string provider, long? cost) =>
        new(run.Id, run.UserId, time.GetUtcNow(), VideoWork.Kind, work.Model, provider,
            new ProviderUsage { Source = UsageSource.Estimated }, Micro.Zero, cost, time.GetUtcNow() - work.OrderedAt)
        {
            ApiKeyId = run.ApiKeyId, OwnKey = work.OwnKey, Cut = true,
        };

    /// <summary>The file tells its length; a vendor that reports less is taken at its word.</summary>
    private static decimal Length(ProviderUsage? reported, KeptVideo made) =>
        reported is { Seconds: > 0 and var said } && said < made.Facts.Seconds ? said : made.Facts.Seconds;

    private long? CostOf(VideoWork work, VideoTicket ticket, decimal seconds) =>
        work.Seconds is null && catalog.Current.Find(VideoWork.Kind, work.Model, catalog.Today, work.OwnKey).TryGet(out var model, out _)
            ? VideoPricing.Cost(ModelRoutes.CostsOf(model, new Route(ticket.Provider, "")), seconds, work.Shape.Resolution)
            : ticket.CostMicroUsd;
}

/// <summary>What lists show of a video beside what every asset has; kept with the library's row.</summary>
internal sealed record VideoDetails(string Model, string Provider)
{
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, JsonFaults.Stored);
}
