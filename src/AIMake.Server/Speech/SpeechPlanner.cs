using System.Text.Json;
using AIMake.Catalog;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Speech.Text;

namespace AIMake.Speech;

/// <summary>What somebody asks to be spoken, before anything is checked.</summary>
internal sealed record SpeechOrder(string Text, string VoiceId, double Speed, string Format, string? Title, IReadOnlyList<string>? Tags, bool OwnKey = false)
{
    public static SpeechOrder From(SpeechRequest r) => new(r.Text, r.VoiceId, r.Speed, r.Format, r.Title, r.Tags, r.OwnKey);
}

/// <summary>A checked order, cut into priced segments.</summary>
internal sealed record SpeechPlan(SpeechWork Work, SpeechOffer Offer, SpeechText Text, SpeechScript Script, IReadOnlyList<PricedSegment> Segments)
{
    /// <summary>Short enough for the caller to wait for.</summary>
    public bool IsWaitedFor => Text.Length <= SpeechOptions.WaitedFor;

    public GenerationOrder ToOrder(Guid generationId, Guid userId, Quote quote, IdempotencyClaim? key) =>
        new(generationId, userId, SpeechWork.Kind, Offer.Model.Id, Offer.Voice.Provider, JsonSerializer.SerializeToElement(Work, JsonFaults.Stored), quote)
        {
            Idempotency = key,
        };
}

/// <summary>Checks orders and cuts them up. Pure but for the catalog; the same order always gives the same segments.</summary>
internal sealed class SpeechPlanner(LiveCatalog catalog)
{
    /// <summary>Part of every segment's address; goes up when what we do to a segment's sound changes.</summary>
    private const string Settings = "1";

    /// <param name="assetId">The audio to make or to renew.</param>
    /// <param name="isEdit">Whether it exists already.</param>
    public Outcome<SpeechPlan> Plan(SpeechOrder order, Guid assetId, bool isEdit = false)
    {
        var text = SpeechText.Validate(order.Text, SpeechOptions.Longest);
        var script = text.Ok ? SpeechSegmenter.Split(text.Value) : null;
        var offer = catalog.Current.Speech(order.VoiceId, catalog.Today, order.OwnKey);
        var format = SpeechFormats.Check(order.Format);
        var title = order.Title is { } t ? AssetText.Title(t) : AssetText.TitleOf(script?.Segments[0].Text ?? "");
        var tags = AssetText.Tags(order.Tags ?? []);
        var faults = new[] { text.Fault, offer.Fault, CheckSpeed(order.Speed), format, title.Fault, tags.Fault }.OfType<Fault>().ToList();
        if (faults.Count > 0)
        {
            return faults[0] with { Also = faults[1..] };
        }

        var work = new SpeechWork(
            assetId, isEdit, order.Text, order.VoiceId, Math.Round(order.Speed, 2), order.Format, title.Value, tags.Value,
            order.OwnKey ? SpeechPricing.WithOwnKey(offer.Value.Price) : offer.Value.Price, order.OwnKey);
        return Price(work, offer.Value, text.Value, script!);
    }

    /// <summary>The plan of work ordered earlier, at the price quoted then. Faults when its voice has gone meanwhile.</summary>
    public Outcome<SpeechPlan> Replan(SpeechWork work)
    {
        if (!catalog.Current.Speech(work.VoiceId, catalog.Today, work.OwnKey).TryGet(out var offer, out var gone))
        {
            return gone;
        }

        return SpeechText.Validate(work.Text, SpeechOptions.Longest).TryGet(out var text, out var fault) ? Price(work, offer, text, SpeechSegmenter.Split(text)) : fault;
    }

    private static SpeechPlan Price(SpeechWork work, SpeechOffer offer, SpeechText text, SpeechScript script)
    {
        var voice = $"{offer.Voice.Provider}/{offer.Voice.ProviderVoice}";
        PricedSegment[] segments =
        [
            .. script.Segments.Select(s => new PricedSegment(
                s, SegmentDigest.Of(s.Text, voice, offer.Model.Id, work.Speed, Settings), SpeechPricing.Of(s.Characters, work.Price))),
        ];
        return new SpeechPlan(work, offer, text, script, segments);
    }

    private static Fault? CheckSpeed(double speed) =>
        speed is >= 0.5 and <= 2 ? null : new Fault(FaultCodes.FieldOutOfRange, "speed", 0.5, 2) { Field = "speed" };
}
