using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers.Routing;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Speech.Voices;

/// <summary>What can be chosen before anything is spoken.</summary>
internal static class VoicesEndpoints
{
    public static void MapVoices(this IEndpointRouteBuilder app)
    {
        var open = app.MapGroup("/api").Public().WithTags("Speech");
        open.MapGet("/voices", List).WithName("ListVoices").WithSummary("Voices on offer, with their price; has an ETag");
        open.MapMethods("/voices/{id}/preview", ["GET", "HEAD"], VoicePreviews.Open).WithName("PreviewVoice").WithSummary("A short clip of a voice");
    }

    private static async Task<ApiResult<Page<VoiceView>>> List(
        [AsParameters] VoiceFilter filter, [AsParameters] PageQuery page, LiveCatalog catalog, IOwnKeys keys, HttpContext context)
    {
        var language = RequestLanguage.Of(context);
        if (!(await OffersAsync(filter, catalog, keys, context)).TryGet(out var all, out var fault))
        {
            return ApiResult.From<Page<VoiceView>>(fault);
        }

        var voices = page.Read<LastVoice>("voices:catalog").Select(request =>
        {
            var offers = all.Where(o => filter.Matches(o.Voice)).ToList();
            var start = request.After is { } last ? offers.FindIndex(o => o.Voice.Id == last.Id) + 1 : 0;
            return request.ToPage([.. offers.Skip(start).Take(request.Take)], o => new LastVoice(o.Voice.Id), o => VoiceView.From(o, language));
        });
        return filter.OwnKey is true ? ApiResult.From(voices) : ApiResult.Revalidated(voices); // what somebody's own keys open is nobody else's business
    }

    /// <summary>What is on offer to everybody, or to the caller with keys of their own.</summary>
    private static async Task<Outcome<IEnumerable<SpeechOffer>>> OffersAsync(VoiceFilter filter, LiveCatalog catalog, IOwnKeys keys, HttpContext context)
    {
        var (snapshot, today) = (catalog.Current, catalog.Today);
        if (filter.OwnKey is not true)
        {
            return Of(snapshot.SpeechOffers(today));
        }

        if (!CurrentCaller.TryGet(context, out var caller))
        {
            return new Fault(FaultCodes.Unauthenticated);
        }

        var providers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var provider in snapshot.SpeechProviders)
        {
            if (await keys.FindAsync(caller.UserId, provider, context.RequestAborted) is not null)
            {
                providers.Add(provider);
            }
        }

        return Of(snapshot.SpeechOffers(today, providers).Select(o => o with { Price = SpeechPricing.WithOwnKey(o.Price) }));

        static Outcome<IEnumerable<SpeechOffer>> Of(IEnumerable<SpeechOffer> offers) => offers.ToArray();
    }

    /// <summary>Where a page of voices ends. The catalog's order is the list's; after a reload that dropped the voice the list begins anew.</summary>
    private sealed record LastVoice(string Id);
}

/// <summary>Narrows the list of voices; everything is optional.</summary>
public sealed class VoiceFilter
{
    /// <summary>A BCP-47 tag or its beginning: <c>en</c> finds <c>en-US</c>, and voices that speak any language.</summary>
    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    /// <summary><c>female</c>, <c>male</c> or <c>neutral</c>.</summary>
    [FromQuery(Name = "gender")]
    public string? Gender { get; init; }

    /// <summary>Name of a provider, e.g. <c>espeak</c>.</summary>
    [FromQuery(Name = "provider")]
    public string? Provider { get; init; }

    /// <summary>Id of a model.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>Part of id, name, language or description.</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>True for the voices you can use with your own provider keys, at no credits; needs a caller.</summary>
    [FromQuery(Name = "ownKey")]
    public bool? OwnKey { get; init; }

    internal bool Matches(Voice voice) =>
        (Language is null || voice.Language == Voice.AnyLanguage || Same(voice.Language, Language) || voice.Language.StartsWith(Language + "-", StringComparison.OrdinalIgnoreCase))
        && (Gender is null || Same(voice.Gender, Gender))
        && (Provider is null || Same(voice.Provider, Provider))
        && (Model is null || Same(voice.Model, Model))
        && (Q is null || new[] { voice.Id, voice.Name.En, voice.Name.Zh, voice.Language, voice.Description.En, voice.Description.Zh }
            .Any(s => s.Contains(Q.Trim(), StringComparison.OrdinalIgnoreCase)));

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A voice on offer.</summary>
/// <param name="Id">For <c>voiceId</c>.</param>
/// <param name="Name">What to call it.</param>
/// <param name="Provider">Who speaks.</param>
/// <param name="Model">With what.</param>
/// <param name="Language">BCP-47 tag, or <c>mul</c> for a voice that follows the language of its text.</param>
/// <param name="Gender"><c>female</c>, <c>male</c> or <c>neutral</c>.</param>
/// <param name="PreviewUrl">A short clip, MP3.</param>
/// <param name="PricePerThousandCharacters">Credits.</param>
/// <param name="Featured">Shown before the others.</param>
public sealed record VoiceView(
    string Id, string Name, string Provider, string Model, string Language, string Gender, string Description, string PreviewUrl,
    Micro PricePerThousandCharacters, bool Featured)
{
    internal static VoiceView From(SpeechOffer offer, string language)
    {
        var v = offer.Voice;
        return new VoiceView(
            v.Id, v.Name.In(language), v.Provider, v.Model, v.Language, v.Gender, v.Description.In(language),
            $"/api/voices/{Uri.EscapeDataString(v.Id)}/preview", SpeechPricing.Of(1_000, offer.Price), v.Featured);
    }
}
