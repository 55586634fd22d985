using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>The request body of <c>chat/completions</c>: always a stream with usage, one choice, and what the caller asked for.</summary>
internal static class OpenAiChatBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Members that are ours to set.</summary>
    private static readonly string[] Ours = ["model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens"];

    /// <param name="oldLimit">Whether the limit goes by its older name.</param>
    public static byte[] Write(ChatRequest request, bool oldLimit)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteStartArray("messages");
            foreach (var message in request.Messages) message.WriteTo(json);
            json.WriteEndArray();
            if (request.MaxOutputTokens is { } most) json.WriteNumber(oldLimit ? "max_tokens" : "max_completion_tokens", most);
            if (request.Options.ValueKind == JsonValueKind.Object)
                foreach (var option in request.Options.EnumerateObject())
                    if (!Ours.Contains(option.Name)) option.WriteTo(json);
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
