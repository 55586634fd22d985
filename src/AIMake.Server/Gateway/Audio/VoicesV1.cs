using AIMake.Catalog;

namespace AIMake.Gateway.Audio;

/// <summary><c>GET /v1/audio/voices</c>: what <c>voice</c> may be, for which <c>model</c>.</summary>
internal static class VoicesV1
{
    public static VoiceListV1 List(LiveCatalog catalog) =>
        new("list", [.. catalog.Current.SpeechOffers(catalog.Today).Select(o => new VoiceItemV1(o.Voice.ProviderVoice, o.Voice.Model, o.Voice.Name.En, o.Voice.Language, o.Voice.Gender))]);
}

/// <param name="Object">Always <c>list</c>.</param>
public sealed record VoiceListV1(string Object, IReadOnlyList<VoiceItemV1> Data);

/// <param name="Id">The <c>voice</c> of a request.</param>
/// <param name="Model">The <c>model</c> that goes with it.</param>
public sealed record VoiceItemV1(string Id, string Model, string Name, string Language, string Gender);
