using System.Collections.Frozen;
using AIMake.Catalog.Changes;
using AIMake.Platform.Faults;

namespace AIMake.Catalog;

/// <summary>The catalog at one moment: what is on offer with the providers that are set up here. Immutable.</summary>
internal sealed class CatalogSnapshot
{
    /// <summary>Where a file names no plans.</summary>
    private static readonly IReadOnlyList<Plan> Everybody =
        [new Plan(Plan.Free, new Localized("Free", "免费版"), new Localized("For everybody", "人人可用"), Credits.Micro.FromCredits(500))];

    private readonly FrozenDictionary<string, Model> _models;
    private readonly FrozenDictionary<string, Model> _listed;
    private readonly FrozenDictionary<string, Voice> _voices;
    private readonly IReadOnlyList<Voice> _known;
    private readonly FrozenSet<string> _off;

    /// <param name="own">Voices that providers list themselves.</param>
    /// <param name="providers">Names of the providers that are set up; what belongs to others is not on offer.</param>
    /// <param name="decided">What administrators have switched off, and prices in the place of the file's.</param>
    public CatalogSnapshot(CatalogFile file, IEnumerable<Voice> own, IReadOnlySet<string> providers, CatalogOverrides? decided = null)
    {
        Decided = decided ?? CatalogOverrides.None;
        Listed = [.. file.Models.Select(Decided.Apply)];
        _listed = Listed.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);
        Models = [.. Listed.Where(m => !Decided.IsOff(m.Id) && ProvidersOf(m).Any(p => providers.Contains(p) && !Decided.ProvidersOff.Contains(p)))];
        _models = Models.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);
        _off = Listed.Where(m => !_models.ContainsKey(m.Id) && (Decided.IsOff(m.Id) || ProvidersOf(m).Any(Decided.ProvidersOff.Contains)))
            .Select(m => m.Id).ToFrozenSet(StringComparer.Ordinal);
        // Voices of what is not on offer are known too: one that is switched off is refused with its reason, and users' own keys open others.
        _known = [.. own.Where(v => _listed.ContainsKey(v.Model)).Concat(file.Voices.SelectMany(Expand)).OrderByDescending(v => v.Featured)];
        Voices = [.. _known.Where(v => _models.ContainsKey(v.Model))];
        _voices = _known.ToFrozenDictionary(v => v.Id, StringComparer.Ordinal);
        Plans = file.Plans ?? Everybody;
        Packages = file.Packages ?? [];
    }

    /// <summary>What administrators have decided.</summary>
    public CatalogOverrides Decided { get; }

    /// <summary>On offer here.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>All of the file, whether their providers are set up or not.</summary>
    public IReadOnlyList<Model> Listed { get; }

    /// <summary>Featured ones first, otherwise in the order of their lists.</summary>
    public IReadOnlyList<Voice> Voices { get; }

    /// <summary>Lowest first; <see cref="Plan.Free"/> is among them. The same list as long as the file stays as it is.</summary>
    public IReadOnlyList<Plan> Plans { get; }

    /// <summary>Credits for sale, in the order of the file.</summary>
    public IReadOnlyList<Package> Packages { get; }

    /// <summary>A voice that can be used and paid for on <paramref name="today"/>. Faults: VOICE_UNKNOWN, MODEL_OFF, MODEL_UNKNOWN, MODEL_UNPRICED.</summary>
    /// <param name="ownKey">With a key of the user's own, which needs none of ours.</param>
    public Outcome<SpeechOffer> Speech(string voiceId, DateOnly today, bool ownKey = false)
    {
        var models = ownKey ? _listed : _models;
        if (!_voices.TryGetValue(voiceId, out var voice) || (!models.ContainsKey(voice.Model) && !_off.Contains(voice.Model)))
        {
            return new Fault(FaultCodes.VoiceUnknown, Short(voiceId), "/api/voices") { Field = "voiceId" };
        }

        if (_off.Contains(voice.Model))
        {
            return new Fault(FaultCodes.ModelOff, voice.Model) { Field = "voiceId" };
        }

        if (!models.TryGetValue(voice.Model, out var model) || IsRetired(model, today))
        {
            return new Fault(FaultCodes.ModelUnknown, voice.Model) { Field = "voiceId" };
        }

        return model.Price is { } price
            ? new SpeechOffer(voice, model, price)
            : new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "voiceId" };
    }

    /// <summary>A model of a kind that can be used and paid for on <paramref name="today"/>. Faults: MODEL_NOT_FOUND, MODEL_OFF, MODEL_UNPRICED.</summary>
    /// <param name="ownKey">With a key of the user's own, which needs none of ours.</param>
    public Outcome<Model> Find(string kind, string id, DateOnly today, bool ownKey = false) =>
        _off.Contains(id) ? new Fault(FaultCodes.ModelOff, id) { Field = "model" }
        : !(ownKey ? _listed : _models).TryGetValue(id, out var model) || model.Kind != kind || IsRetired(model, today)
            ? new Fault(FaultCodes.ModelNotFound, Short(id)) { Field = "model" }
        : model.Prices is { Count: > 0 } ? model : new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "model" };

    /// <summary>Models of a kind that <see cref="Find"/> would accept.</summary>
    public IEnumerable<Model> OfferedOf(string kind, DateOnly today) =>
        Models.Where(m => m.Kind == kind && m.Prices is { Count: > 0 } && !IsRetired(m, today));

    /// <summary>A model's voice by its id or by the vendor's own name for it.</summary>
    public Voice? VoiceOf(string model, string name) =>
        _known.FirstOrDefault(v => v.Model == model && (v.Id == name || v.ProviderVoice == name));

    /// <summary>Voices that <see cref="Speech"/> would accept.</summary>
    public IEnumerable<SpeechOffer> SpeechOffers(DateOnly today) =>
        Voices.Select(v => Speech(v.Id, today)).Where(o => o.Ok).Select(o => o.Value);

    /// <summary>Voices that <see cref="Speech"/> would accept with keys of a user's own for certain providers.</summary>
    public IEnumerable<SpeechOffer> SpeechOffers(DateOnly today, IReadOnlySet<string> ownKeys) =>
        _known.Where(v => ownKeys.Contains(v.Provider))
            .Select(v => Speech(v.Id, today, ownKey: true)).Where(o => o.Ok).Select(o => o.Value);

    /// <summary>Providers whose models speak, whether they are set up here or not.</summary>
    public IEnumerable<string> SpeechProviders => _listed.Values.Where(m => m.Kind == "speech").Select(m => m.Provider).Distinct();

    public bool IsOffered(string model) => _models.ContainsKey(model);

    /// <summary>Whether it could be had if nobody had switched it or its providers off.</summary>
    public bool IsOff(string model) => _off.Contains(model);

    public static bool IsRetired(Model model, DateOnly today) => model.Retires is { } day && day <= today;

    private static IEnumerable<string> ProvidersOf(Model model) => (model.Routes ?? []).Select(r => r.Provider).Prepend(model.Provider);

    private IEnumerable<Voice> Expand(VoiceEntry entry) =>
        from id in entry.Models
        where _listed.ContainsKey(id)
        select new Voice(
            Voice.IdOf(id, entry.Voice), new Localized(entry.Name, entry.Name), _listed[id].Provider, id, entry.Voice, entry.Language, entry.Gender,
            entry.Description, Featured: false);

    /// <summary>Messages repeat what was asked for, but not a megabyte of it.</summary>
    private static string Short(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
