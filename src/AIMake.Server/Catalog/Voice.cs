namespace AIMake.Catalog;

/// <summary>A voice on offer: one way of speaking through one model.</summary>
/// <param name="Id">Ours, stable: the local engine's own id, or <c>model:voice</c>.</param>
/// <param name="ProviderVoice">What the adapter is given.</param>
/// <param name="Language">BCP-47, or <c>mul</c>.</param>
/// <param name="Featured">Shown before the others.</param>
internal sealed record Voice(
    string Id, Localized Name, string Provider, string Model, string ProviderVoice, string Language, string Gender,
    Localized Description, bool Featured)
{
    public const string AnyLanguage = "mul";

    public static string IdOf(string model, string voice) => $"{model}:{voice}";
}

/// <summary>A provider that knows its own voices, so that the file need not list them.</summary>
internal interface IVoiceSource
{
    /// <summary>All of them; read once.</summary>
    IReadOnlyList<Voice> Voices { get; }
}

/// <summary>Names of the providers that are set up here; what belongs to others is not on offer.</summary>
internal sealed record OfferedProviders(IReadOnlySet<string> Names);

/// <summary>A voice with the model behind it, priced: everything a quote needs.</summary>
internal sealed record SpeechOffer(Voice Voice, Model Model, UnitPrice Price);
