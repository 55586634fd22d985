using System.Collections.Frozen;
using AIMake.Platform.Faults;

namespace AIMake.Catalog;

/// <summary>The catalog at one moment: what is on offer with the providers that are set up here. Immutable.</summary>
internal sealed class CatalogSnapshot
{
    private readonly FrozenDictionary<string, Model> _models;
    private readonly FrozenDictionary<string, Voice> _voices;

    /// <param name="own">Voices that providers list themselves.</param>
    /// <param name="providers">Names of the providers that are set up; what belongs to others is not on offer.</param>
    public CatalogSnapshot(CatalogFile file, IEnumerable<Voice> own, IReadOnlySet<string> providers)
    {
        Listed = file.Models;
        Models = [.. file.Models.Where(m => providers.Contains(m.Provider) || (m.Routes ?? []).Any(r => providers.Contains(r.Provider)))];
        _models = Models.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);
        Voices =
        [
            .. own.Where(v => _models.ContainsKey(v.Model))
                .Concat(file.Voices.SelectMany(Expand))
                .OrderByDescending(v => v.Featured),
        ];
        _voices = Voices.ToFrozenDictionary(v => v.Id, StringComparer.Ordinal);
    }

    /// <summary>On offer here.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>All of the file, whether their providers are set up or not.</summary>
    public IReadOnlyList<Model> Listed { get; }

    /// <summary>Featured ones first, otherwise in the order of their lists.</summary>
    public IReadOnlyList<Voice> Voices { get; }

    /// <summary>A voice that can be used and paid for on <paramref name="today"/>. Faults: VOICE_UNKNOWN, MODEL_UNKNOWN, MODEL_UNPRICED.</summary>
    public Outcome<SpeechOffer> Speech(string voiceId, DateOnly today)
    {
        if (!_voices.TryGetValue(voiceId, out var voice))
        {
            return new Fault(FaultCodes.VoiceUnknown, Short(voiceId)) { Field = "voiceId" };
        }

        if (!_models.TryGetValue(voice.Model, out var model) || IsRetired(model, today))
        {
            return new Fault(FaultCodes.ModelUnknown, voice.Model) { Field = "voiceId" };
        }

        return model.Price is { } price
            ? new SpeechOffer(voice, model, price)
            : new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "voiceId" };
    }

    /// <summary>A model of a kind that can be used and paid for on <paramref name="today"/>. Faults: MODEL_NOT_FOUND, MODEL_UNPRICED.</summary>
    public Outcome<Model> Find(string kind, string id, DateOnly today) =>
        !_models.TryGetValue(id, out var model) || model.Kind != kind || IsRetired(model, today)
            ? new Fault(FaultCodes.ModelNotFound, Short(id)) { Field = "model" }
            : model.Prices is { Count: > 0 } ? model : new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "model" };

    /// <summary>Models of a kind that <see cref="Find"/> would accept.</summary>
    public IEnumerable<Model> OfferedOf(string kind, DateOnly today) =>
        Models.Where(m => m.Kind == kind && m.Prices is { Count: > 0 } && !IsRetired(m, today));

    /// <summary>A model's voice by its id or by the vendor's own name for it.</summary>
    public Voice? VoiceOf(string model, string name) =>
        Voices.FirstOrDefault(v => v.Model == model && (v.Id == name || v.ProviderVoice == name));

    /// <summary>Voices that <see cref="Speech"/> would accept.</summary>
    public IEnumerable<SpeechOffer> SpeechOffers(DateOnly today) =>
        Voices.Select(v => Speech(v.Id, today)).Where(o => o.Ok).Select(o => o.Value);

    public static bool IsRetired(Model model, DateOnly today) => model.Retires is { } day && day <= today;

    private IEnumerable<Voice> Expand(VoiceEntry entry) =>
        from id in entry.Models
        where _models.ContainsKey(id)
        select new Voice(
            Voice.IdOf(id, entry.Voice), new Localized(entry.Name, entry.Name), _models[id].Provider, id, entry.Voice, entry.Language, entry.Gender,
            entry.Description, Featured: false);

    /// <summary>Messages repeat what was asked for, but not a megabyte of it.</summary>
    private static string Short(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
