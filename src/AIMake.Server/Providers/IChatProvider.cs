using System.Text.Json;

namespace AIMake.Providers;

/// <summary>One way of holding a conversation, in the terms of OpenAI's chat completions, which most of the field speaks.</summary>
internal interface IChatProvider
{
    /// <summary>What of a request reaches the vendor. The rest must not be asked for: it would be lost without a word.</summary>
    ChatReach Reach => ChatReach.Whole;

    /// <summary>
    /// Streams the answer. Deltas arrive as the vendor produces them; the last one carries <see cref="ChatDelta.FinishReason"/>
    /// and <see cref="ChatDelta.Usage"/>. Failures are <see cref="ProviderException"/>.
    /// </summary>
    IAsyncEnumerable<ChatDelta> StreamAsync(ChatRequest request, CancellationToken ct);
}

/// <param name="Model">The vendor's model id.</param>
/// <param name="Messages">OpenAI's messages, as they stand: role, content (text or parts), tool calls.</param>
/// <param name="Options">Other members of OpenAI's request (temperature, tools, response_format …), as they stand; undefined for none.</param>
internal sealed record ChatRequest(string Model, IReadOnlyList<JsonElement> Messages, int? MaxOutputTokens = null, JsonElement Options = default);

/// <summary>What of OpenAI's request a way of conversing carries to its vendor.</summary>
internal sealed record ChatReach
{
    public static readonly ChatReach Whole = new();

    /// <summary>A conversation of several messages, rather than one question.</summary>
    public bool Turns { get; init; } = true;

    /// <summary>The system's messages.</summary>
    public bool System { get; init; } = true;

    /// <summary>A limit on the length of the answer.</summary>
    public bool Limit { get; init; } = true;

    /// <summary>Tools, what they answered, and the model's calls of them.</summary>
    public bool Tools { get; init; } = true;

    /// <summary>Kinds of content beside text, by OpenAI's names: <c>image_url</c>, <c>input_audio</c>, <c>file</c>; null for all.</summary>
    public IReadOnlySet<string>? Parts { get; init; }

    /// <summary>Other members of the request, by their names; null for all.</summary>
    public IReadOnlySet<string>? Options { get; init; }
}

/// <param name="Text">Words to append; empty when this delta carries none.</param>
/// <param name="ToolCalls">OpenAI's <c>delta.tool_calls</c> as they stand; undefined for none.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>; null until the end.</param>
internal sealed record ChatDelta(string Text, JsonElement ToolCalls = default, string? FinishReason = null, ProviderUsage? Usage = null);

/// <summary>Turns texts into vectors.</summary>
internal interface IEmbeddingProvider
{
    /// <summary>Whether the length of the vectors can be chosen.</summary>
    bool TakesDimensions => true;

    Task<EmbeddingAnswer> EmbedAsync(string model, IReadOnlyList<string> inputs, int? dimensions, CancellationToken ct);
}

/// <param name="Vectors">One for each input, in its order.</param>
internal sealed record EmbeddingAnswer(IReadOnlyList<ReadOnlyMemory<float>> Vectors, ProviderUsage Usage);
