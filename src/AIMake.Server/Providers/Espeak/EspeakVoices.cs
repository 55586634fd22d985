using System.Text.Json;

namespace AIMake.Providers.Espeak;

/// <summary>A voice as we present it.</summary>
/// <param name="Id">Our id, for example <c>espeak:en-us</c>.</param>
/// <param name="EngineVoice">What the engine calls it, a variant after a plus sign: <c>en-us+f3</c>.</param>
/// <param name="Language">BCP-47 tag; <c>x-</c> subtags where the registry has no name for the variety.</param>
/// <param name="LanguageName">English name of the language.</param>
/// <param name="LanguageNameZh">The same in simplified Chinese.</param>
/// <param name="Gender"><c>male</c> or <c>female</c>.</param>
/// <param name="Name">A person's name for the voices presented first, the language's name for the others.</param>
/// <param name="NameZh">The same in simplified Chinese.</param>
/// <param name="Description">What to expect of it, limits included.</param>
/// <param name="DescriptionZh">The same in simplified Chinese.</param>
/// <param name="Featured">Whether it is presented first.</param>
internal sealed record EspeakVoice(
    string Id,
    string EngineVoice,
    string Language,
    string LanguageName,
    string LanguageNameZh,
    string Gender,
    string Name,
    string NameZh,
    string Description,
    string DescriptionZh,
    bool Featured);

/// <summary>The voices of the local engine, from <c>voices.json</c> beside this file.</summary>
internal static class EspeakVoices
{
    /// <summary>
    /// Engine voices we leave out on purpose. <c>cmn</c> of version 1.51 turns characters into Pinyin and then reads that as English
    /// words; <c>cmn-latn-pinyin</c> speaks Mandarin, and is what we offer.
    /// </summary>
    public static readonly IReadOnlySet<string> LeftOut = new HashSet<string> { "cmn" };

    private static readonly Lazy<IReadOnlyList<EspeakVoice>> Loaded = new(Load);

    public static IReadOnlyList<EspeakVoice> All => Loaded.Value;

    private static List<EspeakVoice> Load()
    {
        using var file = typeof(EspeakVoices).Assembly.GetManifestResourceStream("AIMake.Providers.Espeak.voices.json")!;
        return JsonSerializer.Deserialize<List<EspeakVoice>>(file, JsonSerializerOptions.Web)!;
    }
}
