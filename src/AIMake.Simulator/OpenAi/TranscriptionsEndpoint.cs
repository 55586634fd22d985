using System.Globalization;
using System.Text.Json.Nodes;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.OpenAi;

/// <summary><c>POST /audio/transcriptions</c>: understands what the simulator itself has said.</summary>
internal static class TranscriptionsEndpoint
{
    private static readonly string[] Formats = ["json", "text", "srt", "vtt", "verbose_json"];
    private static readonly string[] OwnFormats = ["json", "txt", "srt", "vtt", "lrc", "verbose_json"];
    private static readonly string[] Extensions = ["flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "opus", "wav", "webm"];

    public static async Task AnswerAsync(OpenAiCall call)
    {
        if (await FormReader.ReadAsync(call) is not { } form)
        {
            await call.RefuseAsync(OpenAiErrors.Bad("file", "A multipart form is required."));
            return;
        }
        if (Check(call, form) is { } error)
        {
            await call.RefuseAsync(error);
            return;
        }
        var transcript = await call.Service<SpokenMemory>().HearAsync(await form.Files["file"]!.BytesAsync(call.Ct), call.Ct);
        if (transcript is null)
        {
            await call.RefuseAsync(OpenAiErrors.Bad("file", "Audio file might be corrupted or unsupported.", "invalid_value"));
            return;
        }
        if (call.Faults.SlowMs is { } wait) await Task.Delay(wait, call.Ct);
        if (form.Text("stream") == "true" && !IsWhisper(call)) await StreamAsync(call, transcript);
        else await WholeAsync(call, form, transcript);
    }

    private static bool IsWhisper(OpenAiCall call) => call.Booked.Model!.StartsWith("whisper", StringComparison.Ordinal) || call.Profile != Profile.OpenAi;

    private static OpenAiError? Check(OpenAiCall call, IFormCollection form)
    {
        if (call.FindModel(form.Text("model"), ModelKind.Transcription).Error is { } unknown) return unknown;
        if (form.Files["file"] is not { } file) return OpenAiErrors.Bad("file", "Missing required parameter: 'file'.", "missing_required_parameter");
        if (!Extensions.Contains(Path.GetExtension(file.FileName).TrimStart('.').ToLowerInvariant()))
            return OpenAiErrors.Bad("file", $"Unrecognized file format. Supported formats: {string.Join(", ", Extensions)}.");
        var format = FormatOf(call, form);
        if (call.Profile.OwnMedia) return OwnFormats.Contains(format) ? null : new OpenAiError(500, "", null, null, "invalid response_format");
        if (!Formats.Contains(format)) return OpenAiErrors.Bad("response_format", "Invalid 'response_format'.", "invalid_value");
        if (!IsWhisper(call) && format != "json")
            return OpenAiErrors.Bad("response_format", $"response_format '{format}' is not compatible with model '{call.Booked.Model}'. Use 'json' instead.", "unsupported_value");
        if (form.Text("language") is { } language && (language.Length != 2 || !language.All(char.IsAsciiLetterLower)))
            return OpenAiErrors.Bad("language", $"Language parameter must be specified in ISO-639-1 format, got '{language}'.", "invalid_language_format");
        if (form.Number("temperature") is < 0 or > 1) return OpenAiErrors.Bad("temperature", "Invalid 'temperature': must be from 0 to 1.");
        return null;
    }

    private static Task WholeAsync(OpenAiCall call, IFormCollection form, Transcript transcript) => FormatOf(call, form) switch
    {
        "text" or "txt" => TextAsync(call, $"{transcript.Text}\n"),
        "srt" => TextAsync(call, string.Concat(transcript.Segments.Select((one, i) => $"{i + 1}\n{Time(one.Start, ',')} --> {Time(one.End, ',')}\n{one.Text}\n\n")) + "\n"),
        "vtt" => TextAsync(call, "WEBVTT\n\n" + string.Concat(transcript.Segments.Select(one => $"{Time(one.Start, '.')} --> {Time(one.End, '.')}\n{one.Text}\n\n"))),
        "lrc" => TextAsync(call, string.Concat(transcript.Segments.Select(one => $"[{TimeSpan.FromSeconds(one.Start):mm\\:ss\\.ff}]{one.Text}\n"))),
        "json" when call.Profile.OwnMedia => call.WriteAsync(Verbose(call, form, transcript)),
        "verbose_json" => call.WriteAsync(Verbose(call, form, transcript)),
        _ => call.WriteAsync(WithUsage(call, new JsonObject { ["text"] = transcript.Text }, transcript)),
    };

    private static string FormatOf(OpenAiCall call, IFormCollection form) => form.Text("response_format") ?? (call.Profile.OwnMedia ? "verbose_json" : "json");

    private static async Task TextAsync(OpenAiCall call, string text)
    {
        call.Response.ContentType = "text/plain; charset=utf-8";
        await new Wire(call).WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static async Task StreamAsync(OpenAiCall call, Transcript transcript)
    {
        var events = new EventStream(call, "\r\n");
        await events.StartAsync();
        foreach (var piece in Tokens.Of(transcript.Text)) await events.SendAsync(new JsonObject { ["type"] = "transcript.text.delta", ["delta"] = piece });
        await events.SendAsync(WithUsage(call, new JsonObject { ["type"] = "transcript.text.done", ["text"] = transcript.Text }, transcript));
        await events.DoneAsync();
    }

    private static JsonObject Verbose(OpenAiCall call, IFormCollection form, Transcript transcript)
    {
        // LocalAI tells all it knows, whatever is asked for, and a word's member has another name.
        var own = call.Profile.OwnMedia;
        var wanted = own ? new(["word", "segment"]) : form["timestamp_granularities[]"];
        var answer = new JsonObject
        {
            ["task"] = "transcribe", ["language"] = transcript.Text.Any(c => c is >= '\u4E00' and <= '\u9FFF') ? "chinese" : "english",
            ["duration"] = transcript.Seconds, ["text"] = transcript.Text,
        };
        if (wanted.Contains("word")) answer["words"] = new JsonArray([.. transcript.Segments.SelectMany(phrase => Words(phrase, own ? "text" : "word"))]);
        if (wanted.Count == 0 || wanted.Contains("segment")) answer["segments"] = new JsonArray([.. transcript.Segments.Select(Segment)]);
        return WithUsage(call, answer, transcript);
    }

    private static JsonNode Segment(Phrase phrase, int index) => new JsonObject
    {
        ["id"] = index, ["seek"] = 0, ["start"] = phrase.Start, ["end"] = phrase.End, ["text"] = $" {phrase.Text}", ["tokens"] = new JsonArray(50364),
        ["temperature"] = 0.0, ["avg_logprob"] = -0.25, ["compression_ratio"] = 0.9, ["no_speech_prob"] = 0.002,
    };

    /// <summary>The words of a phrase, its time shared among them by their length.</summary>
    private static IEnumerable<JsonNode> Words(Phrase phrase, string member)
    {
        var words = phrase.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var each = (phrase.End - phrase.Start) / Math.Max(1, words.Sum(word => word.Length));
        var at = phrase.Start;
        foreach (var word in words)
        {
            yield return new JsonObject { [member] = word.Trim('.', ',', '!', '?', '。', '，'), ["start"] = Math.Round(at, 2), ["end"] = Math.Round(at += each * word.Length, 2) };
        }
    }

    /// <summary>Seconds for the older model, tokens for the others; nothing where a server says nothing.</summary>
    private static JsonObject WithUsage(OpenAiCall call, JsonObject answer, Transcript transcript)
    {
        if (call.Faults.Usage == "none" || call.Profile.Errors is ErrorShape.Ollama or ErrorShape.IntegerCode) return answer;
        var (heard, written) = ((int)(transcript.Seconds * 10), Tokens.Count(transcript.Text));
        answer["usage"] = IsWhisper(call)
            ? new JsonObject { ["type"] = "duration", ["seconds"] = (int)Math.Ceiling(transcript.Seconds) }
            : new JsonObject
            {
                ["type"] = "tokens", ["input_tokens"] = heard, ["output_tokens"] = written, ["total_tokens"] = heard + written,
                ["input_token_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = heard },
            };
        return answer;
    }

    private static string Time(double seconds, char point) =>
        TimeSpan.FromSeconds(seconds).ToString($@"hh\:mm\:ss\{point}fff", CultureInfo.InvariantCulture);
}
