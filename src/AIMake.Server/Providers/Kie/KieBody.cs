using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.Kie;

/// <summary>Bodies of requests. Translation of the prompt is always turned off in words: the vendor's pages disagree about its default.</summary>
internal static class KieBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="image">Public address of the first frame; null for none.</param>
    public static byte[] Generate(VideoRequest request, string? image) => Write(json =>
    {
        var options = request.Options ?? new Dictionary<string, string>();
        WriteText(json, "prompt", request.Prompt);
        json.WriteString("model", request.Model);
        json.WriteString("generationType", image is null ? "TEXT_2_VIDEO" : "FIRST_AND_LAST_FRAMES_2_VIDEO");
        if (image is not null)
        {
            json.WriteStartArray("imageUrls");
            json.WriteStringValue(image);
            json.WriteEndArray();
        }
        if (request.Ratio is { } ratio) json.WriteString("aspect_ratio", ratio);
        if (request.Seconds is { } seconds) json.WriteNumber("duration", seconds);
        if (request.Resolution is { } resolution) json.WriteString("resolution", resolution);
        if (options.TryGetValue("seed", out var seed) && int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) json.WriteNumber("seeds", number);
        if (options.TryGetValue("watermark", out var watermark)) WriteText(json, "watermark", watermark);
        json.WriteBoolean("enableTranslation", false);
        if (options.TryGetValue("callBackUrl", out var callBack)) json.WriteString("callBackUrl", callBack);
    });

    public static byte[] Upload(MediaInput picture, string fileName) => Write(json =>
    {
        json.WriteString("base64Data", MadeMedia.DataUri(picture));
        json.WriteString("uploadPath", "aimake");
        json.WriteString("fileName", fileName);
    });

    public static byte[] FreshLink(Uri link) => Write(json => json.WriteString("url", link.AbsoluteUri));

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
