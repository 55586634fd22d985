using System.Text.Json;

namespace AIMake.Providers.ElevenLabs;

/// <summary>The request body of the <c>text-to-speech</c> routes, with nothing in it that was not asked for.</summary>
internal static class ElevenLabsSpeechBody
{
    /// <summary>The vendor refuses other speeds.</summary>
    private const double Slowest = 0.7;
    private const double Quickest = 1.2;

    public static void Write(Utf8JsonWriter json, SpeechSynthesis request)
    {
        json.WriteString("text", ElevenLabsModels.Plain(request.Text, request.Model));
        json.WriteString("model_id", request.Model);
        if (ElevenLabsModels.TakesLanguage(request.Model) && ElevenLabsModels.Language(request.Language) is { } language) json.WriteString("language_code", language);
        if (request.Speed == 1) return;
        json.WriteStartObject("voice_settings");
        json.WriteNumber("speed", Math.Round(Math.Clamp(request.Speed, Slowest, Quickest), 2));
        json.WriteEndObject();
    }
}
