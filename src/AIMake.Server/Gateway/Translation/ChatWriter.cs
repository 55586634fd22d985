using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AIMake.Providers;

namespace AIMake.Gateway.Translation;

/// <summary>
/// Writes OpenAI's <c>chat.completion</c> and <c>chat.completion.chunk</c>. The shapes are those of the API reference's chat object
/// and chat chunk object; members that are always null there are written as null, for clients that look.
/// </summary>
/// <param name="id">Of the answer, the same in all its chunks.</param>
/// <param name="model">As the client asked for it.</param>
internal sealed class ChatWriter(string id, string model, DateTimeOffset created)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool _begun;

    /// <summary>One event of a stream; the first one says whose turn it is.</summary>
    /// <param name="finish">Why the answer ends; null while it does not.</param>
    /// <param name="mentionUsage">Whether usage will follow at the end: until then chunks have it as null.</param>
    public void Chunk(IBufferWriter<byte> output, string text, IReadOnlyList<ToolCallPiece> calls, string? finish, bool mentionUsage) => Event(output, json =>
    {
        BeginChoice(json, "delta");
        if (!_begun)
        {
            json.WriteString("role", "assistant");
            _begun = true;
        }

        if (text.Length > 0)
        {
            json.WriteString("content", text);
        }

        ToolCalls(json, calls.Select(c => ((int?)c.Index, c.Id, c.Name, c.Arguments)));
        EndChoice(json, finish);
        if (mentionUsage)
        {
            json.WriteNull("usage");
        }
    });

    /// <summary>The event behind the last word, for clients that asked for it.</summary>
    public void Usage(IBufferWriter<byte> output, ProviderUsage used) => Event(output, json =>
    {
        json.WriteStartArray("choices");
        json.WriteEndArray();
        Usage(json, used);
    });

    /// <summary>An answer in one piece.</summary>
    public byte[] Whole(string text, ToolCallList calls, string finish, ProviderUsage used)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 512);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            Head(json, "chat.completion");
            BeginChoice(json, "message");
            json.WriteString("role", "assistant");
            json.WriteString("content", text.Length == 0 && !calls.IsEmpty ? null : text);
            json.WriteNull("refusal");
            ToolCalls(json, calls.Calls.Select(c => ((int?)null, (string?)c.Id, (string?)c.Name, c.Arguments)));
            EndChoice(json, finish);
            Usage(json, used);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Event(IBufferWriter<byte> output, Action<Utf8JsonWriter> rest)
    {
        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            Head(json, "chat.completion.chunk");
            rest(json);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    private void Head(Utf8JsonWriter json, string shape)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", shape);
        json.WriteNumber("created", created.ToUnixTimeSeconds());
        json.WriteString("model", model);
    }

    private static void BeginChoice(Utf8JsonWriter json, string content)
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject(content);
    }

    private static void EndChoice(Utf8JsonWriter json, string? finish)
    {
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Nothing where there are none. The index stands in chunks only.</summary>
    private static void ToolCalls(Utf8JsonWriter json, IEnumerable<(int? Index, string? Id, string? Name, string Arguments)> calls)
    {
        var begun = false;
        foreach (var (index, callId, name, arguments) in calls)
        {
            if (!begun)
            {
                json.WriteStartArray("tool_calls");
                begun = true;
            }

            ToolCall(json, index, callId, name, arguments);
        }

        if (begun)
        {
            json.WriteEndArray();
        }
    }

    private static void ToolCall(Utf8JsonWriter json, int? index, string? callId, string? name, string arguments)
    {
        json.WriteStartObject();
        if (index is { } place)
        {
            json.WriteNumber("index", place);
        }

        if (callId is not null)
        {
            json.WriteString("id", callId);
            json.WriteString("type", "function");
        }

        json.WriteStartObject("function");
        if (name is not null)
        {
            json.WriteString("name", name);
        }

        json.WriteString("arguments", arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Usage(Utf8JsonWriter json, ProviderUsage used)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", used.InputTokens);
        json.WriteNumber("completion_tokens", used.OutputTokens);
        json.WriteNumber("total_tokens", used.InputTokens + used.OutputTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", used.CachedTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
