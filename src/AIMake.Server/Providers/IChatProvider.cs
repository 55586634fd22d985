using System.Text.Json;

namespace AIMake.Providers;

/// <summary>One way of holding a conversation, in the terms of OpenAI's chat completions, which most of the field speaks.</summary>
internal interface IChatProvider
{
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

/// <param name="Text">Words to append; empty when this delta carries none.</param>
/// <param name="ToolCalls">OpenAI's <c>delta.tool_calls</c> as they stand; undefined for none.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>; null until the end.</param>
internal sealed record ChatDelta(string Text, JsonElement ToolCalls = default, string? FinishReason = null, ProviderUsage? Usage = null);

/// <summary>Turns texts into vectors.</summary>
internal interface IEmbeddingProvider
{
    Task<EmbeddingAnswer> EmbedAsync(string model, IReadOnlyList<string> inputs, int? dimensions, CancellationToken ct);
}

/// <param name="Vectors">One for each input, in its order.</param>
internal sealed record EmbeddingAnswer(IReadOnlyList<ReadOnlyMemory<float>> Vectors, ProviderUsage Usage);
