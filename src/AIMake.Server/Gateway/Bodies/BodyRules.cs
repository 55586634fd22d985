namespace AIMake.Gateway.Bodies;

/// <summary>What the gateway looks at in the body of one route.</summary>
/// <param name="Prompt">Members the model reads: their tokens are counted.</param>
internal sealed record BodyRules(IReadOnlySet<string> Prompt)
{
    /// <summary>Members that other gateways let a caller steer the call with. Here the operator alone does.</summary>
    public static readonly IReadOnlySet<string> Forbidden = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "api_base", "base_url", "api_key", "api_version", "custom_llm_provider", "extra_headers", "extra_body", "extra_query", "headers", "organization",
    };

    /// <summary>Members without which the upstream would refuse anyway.</summary>
    public IReadOnlyList<string> Required { get; init; } = ["model"];

    /// <summary>Further string members to keep: see <see cref="GatewayBody.Texts"/>.</summary>
    public IReadOnlySet<string> Texts { get; init; } = new HashSet<string>();

    public bool PromptMustBeList { get; init; }

    /// <summary>The prompt's texts are read one by one, each within the model's context.</summary>
    public bool PromptIsSeparate { get; init; }

    public int MostOutputTokens { get; init; } = 1_000_000;

    /// <summary>OpenAI's own limit on <c>n</c>.</summary>
    public int MostAnswers { get; init; } = 128;

    public static readonly BodyRules Chat = new(Names("messages", "tools", "functions", "response_format"))
    {
        Required = ["model", "messages"],
    };

    public static readonly BodyRules Responses = new(Names("input", "instructions", "tools", "text", "prompt")) { Texts = Names("truncation") };

    public static readonly BodyRules Embeddings = new(Names("input")) { Required = ["model", "input"], PromptIsSeparate = true };

    public static readonly BodyRules Images = new(Names("prompt"))
    {
        Required = ["model", "prompt"], Texts = Names("prompt", "size", "quality", "output_format", "background", "response_format"), MostAnswers = 10,
    };

    public static readonly BodyRules Speech = new(Names("input"))
    {
        Required = ["model", "input", "voice"], Texts = Names("input", "voice", "response_format", "stream_format", "instructions"),
    };

    private static HashSet<string> Names(params ReadOnlySpan<string> names) => new(names.ToArray(), StringComparer.Ordinal);
}
