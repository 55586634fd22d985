using AIMake.Catalog;
using AIMake.Providers.Espeak;

namespace AIMake.Speech.Voices;

/// <summary>Offers the local engine's own voices.</summary>
internal sealed class EspeakVoiceSource : IVoiceSource
{
    private const string Provider = "espeak";
    private const string Model = "espeak-ng";

    public IReadOnlyList<Voice> Voices { get; } =
    [
        .. EspeakVoices.All.Select(v => new Voice(
            v.Id, new Localized(v.Name, v.NameZh), Provider, Model, v.EngineVoice, v.Language, v.Gender,
            new Localized(v.Description, v.DescriptionZh), v.Featured)),
    ];
}
