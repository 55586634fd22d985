using System.Text.Json;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Speech.Storage;

namespace AIMake.Speech;

/// <summary>Prices of speech: what is asked for less what its user has paid for before.</summary>
internal sealed class SpeechQuotes(SpeechPlanner planner, LibraryService library, Database database, IOwnKeys ownKeys, SpeechProviders providers) : IGenerationProduct
{
    private static readonly JsonSerializerOptions Strict = CreateStrict();

    public string Kind => SpeechWork.Kind;

    public async Task<Outcome<Quote>> QuoteAsync(Guid userId, SpeechQuoteRequest request, CancellationToken ct)
    {
        AudioRow? edited = null;
        if (request.AudioId is { } id && (edited = await FindEditableAsync(userId, id, ct)) is null)
        {
            return new Fault(FaultCodes.NotFound) { Field = "audioId" };
        }

        if ((request.VoiceId ?? edited?.VoiceId) is not { } voice)
        {
            return new Fault(FaultCodes.FieldRequired, "voiceId") { Field = "voiceId" };
        }

        var order = new SpeechOrder(request.Text, voice, request.Speed ?? (double)(edited?.Speed ?? 1), request.Format ?? "mp3", request.Title, request.Tags, request.OwnKey);
        return planner.Plan(order, Guid.Empty).TryGet(out var plan, out var fault) ? await PriceAsync(userId, plan, ct) : fault;
    }

    async Task<Outcome<Quote>> IGenerationProduct.QuoteAsync(Guid userId, JsonElement body, CancellationToken ct) =>
        await QuoteAsync(userId, body.Deserialize<SpeechQuoteRequest>(Strict)!, ct);

    public async Task<Outcome<GenerationOrder>> ReorderAsync(Guid userId, JsonElement storedRequest, CancellationToken ct)
    {
        var old = storedRequest.Deserialize<SpeechWork>(JsonFaults.Stored)!;
        var id = Guid.CreateVersion7();
        var order = new SpeechOrder(old.Text, old.VoiceId, old.Speed, old.Format, old.IsEdit ? null : old.Title, old.IsEdit ? null : old.Tags, old.OwnKey);
        if (old.IsEdit && await FindEditableAsync(userId, old.AssetId, ct) is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        return planner.Plan(order, old.IsEdit ? old.AssetId : id, old.IsEdit).TryGet(out var plan, out var fault)
            ? (await PriceAsync(userId, plan, ct)).Select(quote => plan.ToOrder(id, userId, quote, null))
            : fault;
    }

    /// <summary>Faults: OWN_KEY_MISSING, OWN_KEY_REFUSED, OWN_KEY_NOT_NEEDED.</summary>
    public async Task<Outcome<Quote>> PriceAsync(Guid userId, SpeechPlan plan, CancellationToken ct)
    {
        var provider = plan.Offer.Voice.Provider;
        if (plan.Work.OwnKey && await ownKeys.FindAsync(userId, provider, ct) is null)
        {
            var code = providers.IsLocal(provider) ? FaultCodes.OwnKeyNotNeeded
                : await ownKeys.IsRefusedAsync(userId, provider, ct) ? FaultCodes.OwnKeyRefused
                : FaultCodes.OwnKeyMissing;
            return new Fault(code, provider) { Field = "ownKey" };
        }

        var digests = plan.Segments.Select(s => s.Digest).Distinct().ToList();
        var paid = await database.ReadAsync(DbPurpose.Hot, s => SpeechStore.FindPaidAsync(s, userId, digests, ct), ct);
        return SpeechPricing.Quote(plan.Segments, paid, plan.Work.Price);
    }

    /// <summary>An audio that is in the library, not in the bin.</summary>
    public async Task<AudioRow?> FindEditableAsync(Guid userId, Guid id, CancellationToken ct) =>
        (await library.FindAsync(userId, id, SpeechService.AudioKind, ct)).Ok
            ? await database.ReadAsync(DbPurpose.Hot, s => SpeechStore.FindAudioAsync(s, userId, id, ct), ct)
            : null;

    private static JsonSerializerOptions CreateStrict()
    {
        var options = new JsonSerializerOptions();
        JsonFaults.Configure(options);
        return options;
    }
}
