using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Speech.Storage;
using AIMake.Speech.Text;
using AIMake.Usage;

namespace AIMake.Speech.Takes;

/// <summary>Turns a take into the end of its generation: the charge, the receipt, and the rows written with them.</summary>
internal sealed class TakeRecorder(IUsageBook usage, TimeProvider time)
{
    /// <param name="file">The stored audio; null for a take whose listener left, which leaves no audio behind.</param>
    /// <param name="duration">How long the run took.</param>
    public RunResult.Succeeded End(GenerationRun run, SpeechPlan plan, TakeResult take, StoredFile? file, TimeSpan duration)
    {
        var heard = plan.Segments.Take(take.Charged.Count).ToList();
        var lines = SpeechPricing.Lines(heard, take.Charged, plan.Work.Price);
        var charge = lines.Aggregate(Micro.Zero, (sum, line) => sum + line.Credits);
        var paid = heard.Where((_, i) => take.Charged[i]).ToList();
        var cost = take.CostMicroUsd ?? Estimate(plan.Offer.Model, paid, take);
        var used = new UsageEvent(
            run.Id, run.UserId, time.GetUtcNow(), SpeechWork.Kind, plan.Offer.Model.Id, plan.Offer.Voice.Provider, UsageOf(paid, take), charge, cost, duration)
        {
            ApiKeyId = run.ApiKeyId, OwnKey = plan.Work.OwnKey, Cut = file is null,
        };
        return new RunResult.Succeeded(charge, lines, RecordAsync) { ProviderCostMicroUsd = cost };

        async Task RecordAsync(DbSession session, CancellationToken ct)
        {
            await usage.RecordAsync(session, [used], ct);
            if (take.LastPack is { } pack)
            {
                await SpeechStore.AddPackAsync(session, run.UserId, pack, ct);
            }

            if (paid.Count > 0)
            {
                await SpeechStore.MarkPaidAsync(session, run.UserId, paid.Select(s => s.Digest), ct);
            }

            if (take.Packs.Count > (take.LastPack is null ? 0 : 1))
            {
                await SpeechStore.TouchPacksAsync(session, run.UserId, [.. take.Packs], ct);
            }

            if (file is not null)
            {
                await RecordAudioAsync(session, run, plan, take, file, charge, ct);
            }
        }
    }

    private static async Task RecordAudioAsync(
        DbSession session, GenerationRun run, SpeechPlan plan, TakeResult take, StoredFile file, Micro charge, CancellationToken ct)
    {
        var work = plan.Work;
        var asset = new NewAsset(
            run.UserId, work.AssetId, SpeechService.AudioKind, work.Title, work.Tags, SpeechFormats.FileMimeType(work.Format), file, take.Audio!.Duration,
            take.Peaks, run.Id, charge, NewAsset.Cut(work.Text), new AudioDetails(work.VoiceId, plan.Offer.Model.Id, work.Speed, work.Format).ToJson());
        var version = 1;
        if (!work.IsEdit)
        {
            await AssetStore.AddAsync(session, asset, ct);
        }
        else if (await AssetStore.ReplaceAsync(session, asset, ct) is { } next)
        {
            version = next;
        }
        else
        {
            return;
        }

        await SpeechStore.SaveAudioAsync(session, run.UserId, work.AssetId, version, work, Timeline.ToJson(take.Timeline), [.. take.Packs], ct);
    }

    /// <summary>What was spoken for this work; sentences used again were counted when they were spoken.</summary>
    private static ProviderUsage UsageOf(IReadOnlyList<PricedSegment> paid, TakeResult take) => new()
    {
        Characters = paid.Sum(s => (long)s.Segment.Characters),
        Seconds = decimal.Round((decimal)take.SpokenSeconds, 3, MidpointRounding.ToPositiveInfinity),
    };

    private static long? Estimate(Model model, IReadOnlyList<PricedSegment> spoken, TakeResult take) => (model.Costs ?? []).FirstOrDefault() switch
    {
        { Unit: "second" } cost => cost.MicroUsd((decimal)take.SpokenSeconds),
        { Unit: "character" } cost => cost.MicroUsd(spoken.Sum(s => s.Segment.Characters)),
        _ => null,
    };
}
