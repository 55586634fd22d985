using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>The request body of <c>/v1/audio/speech</c>, with nothing in it that was not asked for.</summary>
internal static class OpenAiSpeechBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(SpeechSynthesis request, string format)
    {
        var buffer = new ArrayBufferWriter<byte>(request.Text.Length + 256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteString("input", request.Text);
            WriteVoice(json, request.Voice);
            json.WriteString("response_format", format);
            if (request.Speed != 1) json.WriteNumber("speed", request.Speed);
            if (!string.IsNullOrEmpty(request.Instructions) && TakesInstructions(request.Model)) json.WriteString("instructions", request.Instructions);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A customer's own voice is named by an object, the vendor's by a word.</summary>
    private static void WriteVoice(Utf8JsonWriter json, string voice)
    {
        if (!voice.StartsWith("voice_", StringComparison.Ordinal))
        {
            json.WriteString("voice", voice);
            return;
        }
        json.WriteStartObject("voice");
        json.WriteString("id", voice);
        json.WriteEndObject();
    }

    private static bool TakesInstructions(string model) => model is not ("tts-1" or "tts-1-hd");
}
