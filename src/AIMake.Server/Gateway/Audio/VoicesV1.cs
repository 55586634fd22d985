using AIMake.Accounts;
using AIMake.Catalog;

namespace AIMake.Gateway.Audio;

/// <summary><c>GET /v1/audio/voices</c>: what <c>voice</c> may be, for which <c>model</c>; a key sees the voices of the models it may use.</summary>
internal static class VoicesV1
{
    public static VoiceListV1 List(LiveCatalog catalog, CurrentCaller caller) =>
        new("list", [.. catalog.Current.SpeechOffers(catalog.Today).Where(o => caller.MayUse(o.Model.Id)).Select(o => new VoiceItemV1(o.Voice.ProviderVoice, o.Voice.Model, o.Voice.Name.En, o.Voice.Language, o.Voice.Gender))]);
}

/// <param name="Object">Always <c>list</c>.</param>
public sealed record VoiceListV1(string Object, IReadOnlyList<VoiceItemV1> Data);

/// <param name="Id">The <c>voice</c> of a request.</param>
/// <param name="Model">The <c>model</c> that goes with it.</param>
public sealed record VoiceItemV1(string Id, string Model, string Name, string Language, string Gender);
