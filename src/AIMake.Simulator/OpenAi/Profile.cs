namespace AIMake.Simulator.OpenAi;

/// <summary>
/// How one of the servers that speak OpenAI's API speaks it. Which one answers is decided by the address: OpenAI under
/// <c>/v1</c>, Azure under <c>/openai</c> as it does itself, the others under a prefix of their name.
/// </summary>
internal sealed record Profile(string Name)
{
    public static readonly Profile OpenAi = new("openai");

    public static readonly Profile Azure = OpenAi with { Name = "azure", Key = KeyRule.ApiKeyHeader, AnyModel = true, Filters = true, Errors = ErrorShape.Azure };

    public static readonly Profile Ollama = new("ollama")
    {
        Key = KeyRule.None, AnyModel = true, TokenDetails = false, Obfuscates = false, WholeToolCalls = true, Media = false, Hosted = false, Errors = ErrorShape.Ollama,
    };

    public static readonly Profile LlamaCpp = Ollama with { Name = "llamacpp", WholeToolCalls = false, Usage = "finish", Errors = ErrorShape.IntegerCode, Responses = true };

    public static readonly Profile Vllm = LlamaCpp with { Name = "vllm", Usage = "every", Errors = ErrorShape.IntegerCode };

    /// <summary>One that also speaks and draws, each a little differently. It asks for a key here, so that its links can want one too.</summary>
    public static readonly Profile LocalAi = Ollama with
    {
        Name = "localai", Key = KeyRule.Bearer, WholeToolCalls = false, Media = true, OwnMedia = true, Errors = ErrorShape.IntegerCode,
    };

    /// <summary>Every prefix an OpenAI client may be pointed at.</summary>
    public static readonly IReadOnlyDictionary<string, Profile> ByPrefix = new Dictionary<string, Profile>
    {
        ["/v1"] = OpenAi,
        ["/openai/v1"] = Azure,
        ["/openai/deployments/{deployment}"] = Azure,
        ["/ollama/v1"] = Ollama,
        ["/llamacpp/v1"] = LlamaCpp,
        ["/vllm/v1"] = Vllm,
        ["/localai/v1"] = LocalAi,
    };

    public KeyRule Key { get; init; } = KeyRule.Bearer;

    /// <summary>Takes whatever model is asked for, but one called <c>nope</c>.</summary>
    public bool AnyModel { get; init; }

    /// <summary>Breaks token counts down into cached, reasoning and the rest.</summary>
    public bool TokenDetails { get; init; } = true;

    /// <summary>Pads stream chunks unless asked not to.</summary>
    public bool Obfuscates { get; init; } = true;

    /// <summary>Puts a tool call into one chunk.</summary>
    public bool WholeToolCalls { get; init; }

    /// <summary>Speaks and draws.</summary>
    public bool Media { get; init; } = true;

    /// <summary>
    /// In LocalAI's manner: any voice; WAV unless told otherwise, and for pcm; pictures as links that want the key, and none from others;
    /// transcripts with sentences and words unless told otherwise.
    /// </summary>
    public bool OwnMedia { get; init; }

    /// <summary>Run by its vendor: with limits, an organization and the models of the vendor's list.</summary>
    public bool Hosted { get; init; } = true;

    /// <summary>Has <c>/responses</c>.</summary>
    public bool Responses { get; init; } = true;

    /// <summary>Where a stream carries its usage; see <see cref="FaultSetting.Usage"/>.</summary>
    public string Usage { get; init; } = "last";

    /// <summary>Adds a first chunk and choices that hold nothing but the verdict of a content filter.</summary>
    public bool Filters { get; init; }

    public ErrorShape Errors { get; init; } = ErrorShape.OpenAi;
}

/// <summary>What a server wants for a key.</summary>
internal enum KeyRule
{
    /// <summary><c>Authorization: Bearer sk-…</c></summary>
    Bearer,

    /// <summary><c>api-key: …</c></summary>
    ApiKeyHeader,

    /// <summary>Nothing; whatever comes is ignored.</summary>
    None,
}

/// <summary>How a server writes its errors.</summary>
internal enum ErrorShape
{
    /// <summary>Message, type, param and code, all present.</summary>
    OpenAi,

    /// <summary>Code, a number in a string, and message.</summary>
    Azure,

    /// <summary>As OpenAI, the type by the status and never a code.</summary>
    Ollama,

    /// <summary>The status as code, a number.</summary>
    IntegerCode,
}
