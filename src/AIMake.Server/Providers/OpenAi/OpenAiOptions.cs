using System.ComponentModel.DataAnnotations;
using AIMake.Providers.Resilience;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// One server that speaks OpenAI's <c>/v1/audio/speech</c>, at <c>Providers:&lt;name&gt;</c>. The name <c>openai</c> is taken by
/// the vendor itself; any other name needs <c>Type=openai</c> and a base URL, for example a model server of your own.
/// </summary>
internal sealed class OpenAiOptions : IValidatableObject
{
    public const string DefaultBaseUrl = "https://api.openai.com/v1";

    /// <summary>Always <c>openai</c>.</summary>
    public string Type { get; set; } = "openai";

    /// <summary>Address up to and including <c>/v1</c>. A private or plain http one also needs an entry in <c>Outbound:AllowedHosts</c>.</summary>
    public string BaseUrl { get; set; } = DefaultBaseUrl;

    /// <summary>Sent as bearer token; leave out where the server wants none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Sent as <c>OpenAI-Organization</c> when given.</summary>
    public string? Organization { get; set; }

    /// <summary>Sent as <c>OpenAI-Project</c> when given.</summary>
    public string? Project { get; set; }

    /// <summary>Models this server is asked for; empty (default) means any the catalog offers.</summary>
    public string[] Models { get; set; } = [];

    /// <summary>Voices this server is asked for; empty (default) means any the catalog offers.</summary>
    public string[] Voices { get; set; } = [];

    /// <summary><c>pcm</c> (default; raw 16-bit samples) or <c>wav</c>, for servers without pcm.</summary>
    [RegularExpression("pcm|wav", ErrorMessage = "must be pcm or wav.")]
    public string Format { get; set; } = "pcm";

    /// <summary>Sample rate of raw samples in Hz; OpenAI sends 24000 (default).</summary>
    [Range(8_000, 192_000, ErrorMessage = "must be from 8000 to 192000.")]
    public int SampleRate { get; set; } = 24_000;

    /// <summary>Longest text in one request, in code points; OpenAI takes 4096 (default).</summary>
    [Range(20, 100_000, ErrorMessage = "must be from 20 to 100000.")]
    public int MaximumCharacters { get; set; } = 4096;

    /// <summary>
    /// <c>openai</c> (default), <c>azure</c>, or <c>compatible</c> for Ollama, vLLM, llama.cpp, LocalAI and others: they know
    /// <c>max_tokens</c> only, load a model for minutes before the first word, and send vectors as numbers.
    /// </summary>
    [RegularExpression("openai|azure|compatible", ErrorMessage = "must be openai, azure or compatible.")]
    public string Profile { get; set; } = "openai";

    /// <summary>
    /// Azure's <c>api-version</c>, e.g. <c>2024-10-21</c>: models are then addressed as deployments below the base URL, which ends
    /// at the host. Leave out for Azure's newer addresses, whose base URL ends in <c>/openai/v1</c>.
    /// </summary>
    [RegularExpression("[0-9a-z-]{1,32}", ErrorMessage = "must look like 2024-10-21.")]
    public string? ApiVersion { get; set; }

    /// <summary>How failures, load and retries are handled.</summary>
    public ResilienceOptions Resilience { get; set; } = new();

    /// <summary>The same from settings by name, as <see cref="ProviderEndpoint.Settings"/> carries them; lists with commas between.</summary>
    public static OpenAiOptions From(IReadOnlyDictionary<string, string> settings)
    {
        var options = new OpenAiOptions();
        foreach (var (name, value) in settings)
            switch (name.ToUpperInvariant())
            {
                case "ORGANIZATION": options.Organization = value; break;
                case "PROJECT": options.Project = value; break;
                case "MODELS": options.Models = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries); break;
                case "VOICES": options.Voices = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries); break;
                case "FORMAT": options.Format = value; break;
                case "SAMPLERATE" when int.TryParse(value, out var rate): options.SampleRate = rate; break;
                case "MAXIMUMCHARACTERS" when int.TryParse(value, out var most): options.MaximumCharacters = most; break;
                case "PROFILE": options.Profile = value; break;
                case "APIVERSION": options.ApiVersion = value; break;
            }
        return options;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Type != "openai") yield return new("must be openai, the only type of speech server so far.", [nameof(Type)]);
        if (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0)
            yield return new("must be an http or https address such as https://api.openai.com/v1, without ? or #.", [nameof(BaseUrl)]);
        foreach (var (name, value) in new[] { (nameof(ApiKey), ApiKey), (nameof(Organization), Organization), (nameof(Project), Project) })
            if (value is not null && !Platform.Outbound.OutboundHeaders.IsSafe(value))
                yield return new("has characters that cannot be sent in a header; copy it again without line breaks.", [name]);
    }
}
