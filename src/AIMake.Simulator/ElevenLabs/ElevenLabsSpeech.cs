using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.ElevenLabs;

/// <summary>The eight ways of asking for speech: one voice or a dialogue, whole or streamed, as bytes or with times.</summary>
internal static class ElevenLabsSpeech
{
    /// <summary>Characters of a dialogue; streamed, more of them end early without a word, as they do at the service.</summary>
    private const int LongestDialogue = 2_000;

    public static async Task AnswerAsync(HttpContext context, BookedCall call, FaultSetting faults, bool dialogue, bool streamed, bool timed)
    {
        var bytes = await VendorCall.ReadBodyAsync(context, call);
        var (order, error) = ElevenLabsOrder.Read(context, bytes, dialogue, streamed);
        if (order is null)
        {
            await error!.WriteAsync(context);
            return;
        }
        (call.Model, call.Voice) = (order.Model, order.Lines[0].Voice);
        call.Characters = order.Characters;
        if (dialogue && order.Characters > LongestDialogue)
        {
            if (!streamed)
            {
                await ElevenLabsError.TooLong(LongestDialogue).WriteAsync(context);
                return;
            }
            order = order.CutTo(LongestDialogue);
        }
        context.Response.Headers["request-id"] = call.RequestId;
        context.Response.Headers["character-cost"] = $"{order.Characters}";
        if (timed) await AnswerTimedAsync(context, call, faults, order, dialogue, streamed);
        else await AnswerBytesAsync(context, call, faults, order);
    }

    private static async Task AnswerBytesAsync(HttpContext context, BookedCall call, FaultSetting faults, ElevenLabsOrder order)
    {
        context.Response.ContentType = order.Format.ContentType;
        await VendorCall.SendAsync(context, call, faults, SpeakAsync(context, order, VendorCall.PieceOf(faults)));
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(HttpContext context, ElevenLabsOrder order, int pieceBytes)
    {
        var maker = context.RequestServices.GetRequiredService<SoundMaker>();
        foreach (var sound in order.Sounds())
            await foreach (var piece in maker.MakeAsync(sound, pieceBytes, context.RequestAborted)) yield return piece;
    }

    /// <summary>
    /// Times run evenly over the text. Streamed, the sound comes in lines of JSON, and as at the service there is a blank line
    /// among them and one without times.
    /// </summary>
    private static async Task AnswerTimedAsync(HttpContext context, BookedCall call, FaultSetting faults, ElevenLabsOrder order, bool dialogue, bool streamed)
    {
        var ct = context.RequestAborted;
        var samples = await AllAsync(context, order.As("pcm"), ct);
        var seconds = samples.Length / 2.0 / order.Format.SampleRate;
        var bytes = await AllAsync(context, order, ct);
        context.Response.ContentType = "application/json";
        if (!streamed)
        {
            call.Bytes = bytes.Length;
            await context.Response.WriteAsJsonAsync(Timed(bytes, order, 0, order.Letters.Count, seconds, dialogue), ct);
            return;
        }
        var half = bytes.Length / 4 * 2;
        var middle = order.Letters.Count / 2;
        JsonObject[] lines =
        [
            Timed(bytes[..half], order, 0, middle, seconds, dialogue),
            new() { ["audio_base64"] = "", ["alignment"] = null, ["normalized_alignment"] = null },
            Timed(bytes[half..], order, middle, order.Letters.Count, seconds, dialogue),
        ];
        foreach (var line in lines)
        {
            await context.Response.WriteAsync(line.ToJsonString() + "\n\n", ct);
            await context.Response.Body.FlushAsync(ct);
        }
        call.Bytes = bytes.Length;
    }

    private static async Task<byte[]> AllAsync(HttpContext context, ElevenLabsOrder order, CancellationToken ct)
    {
        var all = new MemoryStream();
        await foreach (var piece in SpeakAsync(context, order, 65_536)) await all.WriteAsync(piece, ct);
        return all.ToArray();
    }

    private static JsonObject Timed(byte[] sound, ElevenLabsOrder order, int from, int to, double seconds, bool dialogue)
    {
        var answer = new JsonObject
        {
            ["audio_base64"] = Convert.ToBase64String(sound), ["alignment"] = Times(order, from, to, seconds), ["normalized_alignment"] = Times(order, from, to, seconds),
        };
        if (dialogue) answer["voice_segments"] = Segments(order, seconds);
        return answer;
    }

    private static JsonObject Times(ElevenLabsOrder order, int from, int to, double seconds)
    {
        var step = seconds / order.Letters.Count;
        var all = Enumerable.Range(from, to - from).ToList();
        return new JsonObject
        {
            ["characters"] = new JsonArray([.. all.Select(i => (JsonNode)order.Letters[i])]),
            ["character_start_times_seconds"] = new JsonArray([.. all.Select(i => (JsonNode)(i * step))]),
            ["character_end_times_seconds"] = new JsonArray([.. all.Select(i => (JsonNode)((i + 1) * step))]),
        };
    }

    private static JsonArray Segments(ElevenLabsOrder order, double seconds)
    {
        var segments = new JsonArray();
        var (step, at) = (seconds / order.Letters.Count, 0);
        for (var i = 0; i < order.Lines.Count; i++)
        {
            var end = at + order.Lines[i].Text.EnumerateRunes().Count();
            segments.Add(new JsonObject
            {
                ["voice_id"] = order.Lines[i].Voice, ["start_time_seconds"] = at * step, ["end_time_seconds"] = end * step,
                ["character_start_index"] = at, ["character_end_index"] = end, ["dialogue_input_index"] = i,
            });
            at = end;
        }
        return segments;
    }
}

/// <summary>A checked request for speech.</summary>
internal sealed record ElevenLabsOrder(string Model, IReadOnlyList<(string Voice, string Text)> Lines, double Speed, ElevenLabsFormat Format)
{
    private const int MostVoices = 10;

    public string Text { get; } = string.Concat(Lines.Select(line => line.Text));

    public IReadOnlyList<string> Letters { get; } = [.. Lines.SelectMany(line => line.Text.EnumerateRunes()).Select(rune => rune.ToString())];

    public int Characters => Letters.Count;

    /// <summary>Each line in its own voice, where sounds can be put behind one another; else all in the first.</summary>
    public IEnumerable<SoundRequest> Sounds() =>
        (Format.Sound is "wav" or "opus" ? [(Lines[0].Voice, Text)] : Lines).Select(line => new SoundRequest(line.Text, ElevenLabsShelf.SpokenBy(line.Voice), Speed, Format.Sound, Format.SampleRate));

    public ElevenLabsOrder As(string sound) => new(Model, Lines, Speed, Format with { Sound = sound });

    public ElevenLabsOrder CutTo(int characters) => new(Model, [(Lines[0].Voice, string.Concat(Letters.Take(characters)))], Speed, Format);

    /// <summary>Checks in the order the service does; the first fault found is answered.</summary>
    public static (ElevenLabsOrder? Order, ElevenLabsError? Error) Read(HttpContext context, byte[] bytes, bool dialogue, bool streamed)
    {
        JsonElement body;
        try
        {
            body = JsonDocument.Parse(bytes).RootElement;
        }
        catch (JsonException)
        {
            return (null, ElevenLabsError.Unprocessable("body", "JSON decode error", "json_invalid"));
        }
        if (body.ValueKind != JsonValueKind.Object) return (null, ElevenLabsError.Unprocessable("body", "Input should be a valid dictionary", "dict_type"));

        var (lines, error) = dialogue ? Dialogue(body) : Single(body, (string)context.Request.RouteValues["voice"]!);
        if (lines is null) return (null, error);
        if (lines.FirstOrDefault(line => !ElevenLabsShelf.HasVoice(line.Voice)) is { Voice: { } unknown }) return (null, ElevenLabsError.NoVoice(unknown));
        var model = Words(body, "model_id") ?? (dialogue ? "eleven_v3" : "eleven_multilingual_v2");
        if (ElevenLabsShelf.Models.FirstOrDefault(m => m.Id == model) is not { Id: not null } known) return (null, ElevenLabsError.Bad($"A model with model ID {model} does not exist."));
        if (!dialogue && lines[0].Text.EnumerateRunes().Count() > known.Limit) return (null, ElevenLabsError.TooLong(known.Limit));
        if (ElevenLabsFormat.Find(context.Request.Query["output_format"], streamed) is not { } format) return (null, ElevenLabsError.Bad("Invalid output format."));
        return Settings(body, dialogue, model) is { } refused ? (null, refused) : (new ElevenLabsOrder(model, lines, Pace(body), format), null);
    }

    private static (IReadOnlyList<(string Voice, string Text)>?, ElevenLabsError?) Single(JsonElement body, string voice) =>
        Words(body, "text") is { } text
            ? text.Length > 0 ? ([(voice, text)], null) : (null, ElevenLabsError.Bad("Text must not be empty."))
            : (null, ElevenLabsError.Unprocessable("text", "Field required", "missing"));

    private static (IReadOnlyList<(string Voice, string Text)>?, ElevenLabsError?) Dialogue(JsonElement body)
    {
        if (!body.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
            return (null, ElevenLabsError.Unprocessable("inputs", "Field required", "missing"));
        var lines = inputs.EnumerateArray().Select(input => (Voice: Words(input, "voice_id") ?? "", Text: Words(input, "text") ?? "")).ToList();
        return lines.DistinctBy(line => line.Voice).Count() <= MostVoices ? (lines, null) : (null, ElevenLabsError.Bad("At most 10 different voices."));
    }

    private static ElevenLabsError? Settings(JsonElement body, bool dialogue, string model)
    {
        if (!body.TryGetProperty(dialogue ? "settings" : "voice_settings", out var settings) || settings.ValueKind != JsonValueKind.Object) return null;
        if (model.StartsWith("eleven_v3", StringComparison.Ordinal) && Number(settings, "stability") is { } stability and not (0 or 0.5 or 1)) return ElevenLabsError.BadStability();
        return Number(settings, "speed") is { } speed and not (>= 0.7 and <= 1.2) ? ElevenLabsError.BadSpeed(speed) : null;
    }

    private static double Pace(JsonElement body) =>
        body.TryGetProperty("voice_settings", out var settings) && settings.ValueKind == JsonValueKind.Object ? Number(settings, "speed") ?? 1 : 1;

    private static string? Words(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
