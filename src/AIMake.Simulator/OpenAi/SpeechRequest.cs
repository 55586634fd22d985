using System.Text.Json;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.OpenAi;

/// <summary>A checked request to <c>/v1/audio/speech</c>.</summary>
internal sealed record SpeechRequest(OpenAiModel Model, SoundRequest Sound, bool Events)
{
    private const int LongestInput = 4096;

    /// <summary>Checks in the order the service does; the first fault found is answered.</summary>
    public static (SpeechRequest? Request, OpenAiError? Error) Read(JsonElement? body, OpenAiCall call)
    {
        if (body is not { } root) return (null, OpenAiErrors.BadJson());
        if (call.Profile.OwnMedia) return ReadOwn(root, call);

        if ((call.Deployment ?? Text(root, "model")) is not { Length: > 0 } modelId) return Fail("model", "you must provide a model parameter");
        if (OpenAiModels.Find(modelId) is not { Kind: ModelKind.Speech } model) return (null, OpenAiErrors.UnknownModel(modelId));
        if (Text(root, "input") is not { Length: > 0 } input) return Fail("input", "Invalid 'input': a non-empty string is required.");
        if (input.EnumerateRunes().Count() > LongestInput) return Fail("input", $"Invalid 'input': string too long. Expected at most {LongestInput} characters.", "string_too_long");
        if (Voice(root) is not { } voice) return Fail("voice", $"Invalid 'voice': must be one of {string.Join(", ", OpenAiModels.Voices)}.");
        if (Text(root, "instructions") is { } instructions && instructions.EnumerateRunes().Count() > LongestInput)
            return Fail("instructions", "Invalid 'instructions': string too long.", "string_too_long");
        var format = Text(root, "response_format") ?? "mp3";
        if (SpeechFormats.ContentType(format) is null) return Fail("response_format", "Invalid 'response_format': must be mp3, opus, aac, flac, wav or pcm.");
        var speed = Number(root, "speed", 1);
        if (speed is null or < 0.25 or > 4) return Fail("speed", "Invalid 'speed': must be between 0.25 and 4.");
        var events = (Text(root, "stream_format") ?? "audio") switch { "audio" => false, "sse" => true, _ => (bool?)null };
        if (events is null) return Fail("stream_format", "Invalid 'stream_format': must be audio or sse.");
        if (events.Value && model.IsLegacy) return Fail("stream_format", $"'sse' is not supported with {model.Id}.");

        return (new SpeechRequest(model, new SoundRequest(input, voice, speed.Value, format), events.Value), null);
    }

    /// <summary>LocalAI's: whatever voice is asked for; a format it does not know is WAV, and raw samples are one of those.</summary>
    private static (SpeechRequest? Request, OpenAiError? Error) ReadOwn(JsonElement root, OpenAiCall call)
    {
        var (model, unknown) = call.FindModel(Text(root, "model"), ModelKind.Speech);
        if (model is null) return (null, unknown);
        if (Text(root, "input") is not { Length: > 0 } input) return Fail("input", "input is required");
        if (Number(root, "speed", 1) is not { } speed || speed is < 0.25 or > 4) return Fail("speed", "speed must be between 0.25 and 4");
        var format = Text(root, "response_format") is "mp3" or "aac" or "flac" or "opus" ? Text(root, "response_format")! : "wav";
        return (new SpeechRequest(model, new SoundRequest(input, Text(root, "voice") ?? "", speed, format), Events: false), null);
    }

    private static (SpeechRequest?, OpenAiError) Fail(string param, string message, string? code = null) =>
        (null, OpenAiErrors.Bad(param, message, code));

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement root, string name, double otherwise) =>
        !root.TryGetProperty(name, out var value) ? otherwise
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : null;

    /// <summary>A name from the list, or an object naming a voice of the customer's own.</summary>
    private static string? Voice(JsonElement root)
    {
        if (!root.TryGetProperty("voice", out var voice)) return null;
        if (voice.ValueKind == JsonValueKind.Object) return Text(voice, "id") is { Length: > 0 } id ? id : null;
        return Text(root, "voice") is { } name && OpenAiModels.Voices.Contains(name) ? name : null;
    }
}
