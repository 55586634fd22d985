using System.Text.Json;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.Tencent;

/// <summary>A checked text to speak, short or long.</summary>
internal sealed record TencentOrder(string Text, int Voice, double Speed, int SampleRate, string Codec, string? SessionId, bool Subtitles)
{
    private const int LongestTask = 100_000;
    private const int LongestShort = 150;
    private const int LongestLatin = 500;

    private static readonly int[] Women = [502001, 502003, 502004, 602003, 602005, 603001, 603004, 501001, 501002, 501004, 501009];

    private static readonly int[] Voices =
    [
        .. Women, 502005, 502006, 502007, 602004, 603000, 603002, 603003, 603005, 501000, 501003, 501005, 501006, 501007, 501008, 601008,
    ];

    public SoundRequest Sound(string format) => new(Text, Women.Contains(Voice) ? "nova" : "onyx", Factor(Speed), format, SampleRate);

    /// <returns>The order, or the code and message of the refusal.</returns>
    public static (TencentOrder? Order, string Code, string Message) Read(JsonElement body, bool task)
    {
        if (body.ValueKind != JsonValueKind.Object) return Refuse("InvalidParameter", "The request body is not JSON.");
        if (Strange(body, task) is { } strange) return Refuse("UnknownParameter", $"The parameter `{strange}` is not recognized.");
        if (Words(body, "Text") is not { Length: > 0 } text) return Refuse("InvalidParameterValue.TextEmpty", "Text is empty.");
        if (!task && Words(body, "SessionId") is null) return Refuse("MissingParameter", "The request is missing a required parameter `SessionId`.");
        if (TooLong(text, task)) return Refuse("UnsupportedOperation.TextTooLong", "The text is too long.");
        var voice = (int)(Number(body, "VoiceType") ?? Voices[0]);
        if (!Voices.Contains(voice)) return Refuse("InvalidParameterValue.VoiceType", "The voice type is not supported.");
        var speed = Number(body, "Speed") ?? 0;
        if (speed is < -2 or > 6) return Refuse("InvalidParameterValue.Speed", "The speed is out of range.");
        var rate = (int)(Number(body, "SampleRate") ?? 16_000);
        if (rate is not (8_000 or 16_000) && (task || rate != 24_000)) return Refuse("InvalidParameterValue.SampleRate", "The sample rate is not supported.");
        var codec = Words(body, "Codec") ?? (task ? "mp3" : "wav");
        if (codec is not ("wav" or "mp3" or "pcm")) return Refuse("InvalidParameterValue.Codec", "The codec is not supported.");
        if (text.TrimStart().StartsWith("<speak", StringComparison.OrdinalIgnoreCase)) return Refuse("InvalidParameterValue.TextSsmlParseError", "Somebody let markup through.");
        var subtitles = body.TryGetProperty("EnableSubtitle", out var wanted) && wanted.ValueKind == JsonValueKind.True;
        return (new TencentOrder(text, voice, speed, rate, codec, Words(body, "SessionId"), subtitles), "", "");
    }

    /// <summary>The service does not say how it reckons mixed text; the stricter limit holds as soon as one letter is not Latin.</summary>
    private static bool TooLong(string text, bool task)
    {
        var characters = text.EnumerateRunes().Count();
        return characters > (task ? LongestTask : text.All(c => c < 0x100) ? LongestLatin : LongestShort);
    }

    private static string? Strange(JsonElement body, bool task)
    {
        string[] known =
        [
            "Text", "Volume", "Speed", "ProjectId", "ModelType", "VoiceType", "FastVoiceType", "PrimaryLanguage", "SampleRate", "Codec", "EnableSubtitle",
            "SegmentRate", "EmotionCategory", "EmotionIntensity", .. task ? (string[])["CallbackUrl", "VoiceoverDialogueSplit"] : ["SessionId"],
        ];
        return body.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name));
    }

    /// <summary>The service's scale as a factor.</summary>
    private static double Factor(double speed)
    {
        (double Step, double Factor)[] scale = [(-2, 0.6), (-1, 0.8), (0, 1), (1, 1.2), (2, 1.5), (6, 2.5)];
        var i = Array.FindIndex(scale, 1, point => speed <= point.Step);
        var (from, to) = (scale[i - 1], scale[i]);
        return from.Factor + (speed - from.Step) / (to.Step - from.Step) * (to.Factor - from.Factor);
    }

    private static (TencentOrder?, string, string) Refuse(string code, string message) => (null, code, message);

    private static string? Words(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
