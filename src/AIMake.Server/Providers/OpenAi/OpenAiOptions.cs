namespace AIMake.Providers.OpenAi;

/// <summary>One server that speaks OpenAI's API. What may stand in the settings is checked by <see cref="Setup.VendorKind"/>.</summary>
internal sealed class OpenAiOptions
{
    public const string DefaultBaseUrl = "https://api.openai.com/v1";

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
    public string Format { get; set; } = "pcm";

    /// <summary>Sample rate of raw samples in Hz; OpenAI sends 24000 (default).</summary>
    public int SampleRate { get; set; } = 24_000;

    /// <summary>Longest text in one request, in code points; OpenAI takes 4096 (default).</summary>
    public int MaximumCharacters { get; set; } = 4096;

    /// <summary>
    /// <c>openai</c> (default), <c>azure</c>, or <c>compatible</c> for Ollama, vLLM, llama.cpp, LocalAI and others: they know
    /// <c>max_tokens</c> only, load a model for minutes before the first word, and send vectors as numbers.
    /// </summary>
    public string Profile { get; set; } = "openai";

    /// <summary>
    /// Azure's <c>api-version</c>, e.g. <c>2024-10-21</c>: models are then addressed as deployments below the base URL, which ends
    /// at the host. Leave out for Azure's newer addresses, whose base URL ends in <c>/openai/v1</c>.
    /// </summary>
    public string? ApiVersion { get; set; }

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
}
