using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.Runway;

/// <summary>Bodies of orders, with nothing in them that was not asked for or is not required.</summary>
internal static class RunwayBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="image">Address of the first frame, as Runway may read it; null for text to video.</param>
    public static byte[] Video(VideoRequest request, string? image) => Write(json =>
    {
        json.WriteString("model", request.Model);
        if (image is not null) json.WriteString("promptImage", image);
        if (request.Prompt.Length > 0 || image is null) WriteText(json, "promptText", request.Prompt);
        json.WriteString("ratio", VideoRatio(request));
        if (request.Seconds is { } seconds) json.WriteNumber("duration", seconds);
        else if (request.Model == "gen4.5") json.WriteNumber("duration", 5); // the one model that insists
        WriteOptions(json, request.Options ?? new Dictionary<string, string>());
    });

    /// <param name="references">Addresses of pictures to refer to.</param>
    public static byte[] Image(ImageRequest request, IReadOnlyList<string> references) => Write(json =>
    {
        json.WriteString("model", request.Model);
        WriteText(json, "promptText", request.Prompt);
        json.WriteString("ratio", ImageRatio(request.Size));
        if (references.Count == 0) return;
        json.WriteStartArray("referenceImages");
        foreach (var reference in references)
        {
            json.WriteStartObject();
            json.WriteString("uri", reference);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public static byte[] UploadTicket(string fileName) => Write(json =>
    {
        json.WriteString("filename", fileName);
        json.WriteString("type", "ephemeral");
    });

    /// <summary>Runway counts in pixels: <c>16:9</c> in <c>1080p</c> is <c>1920:1080</c>. What is in pixels already goes as it stands.</summary>
    private static string VideoRatio(VideoRequest request)
    {
        var fine = request.Resolution == "1080p" && request.Model.StartsWith("veo", StringComparison.Ordinal);
        return request.Ratio switch
        {
            null or "16:9" => fine ? "1920:1080" : "1280:720",
            "9:16" => fine ? "1080:1920" : "720:1280",
            "4:3" => "1104:832",
            "3:4" => "832:1104",
            "1:1" => "960:960",
            "21:9" => "1584:672",
            var other => other,
        };
    }

    private static string ImageRatio(string? size) => size is null ? "1024:1024" : size.Replace('x', ':');

    private static void WriteOptions(Utf8JsonWriter json, IReadOnlyDictionary<string, string> options)
    {
        if (options.TryGetValue("seed", out var seed) && long.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) json.WriteNumber("seed", number);
        if (options.TryGetValue("audio", out var audio) && bool.TryParse(audio, out var sound)) json.WriteBoolean("audio", sound);
        if (options.TryGetValue("negativePrompt", out var not)) WriteText(json, "negativePrompt", not);
        if (!options.TryGetValue("publicFigureThreshold", out var threshold)) return;
        json.WriteStartObject("contentModeration");
        json.WriteString("publicFigureThreshold", threshold);
        json.WriteEndObject();
    }

    /// <summary>A user's words: half a surrogate pair, which cannot travel, becomes U+FFFD.</summary>
    private static void WriteText(Utf8JsonWriter json, string name, string text) => json.WriteString(name, Encoding.UTF8.GetBytes(text));

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
