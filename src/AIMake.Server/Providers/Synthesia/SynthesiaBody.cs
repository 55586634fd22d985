using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.Synthesia;

/// <summary>
/// The request body of <c>POST /v2/videos</c>: one scene, one avatar. The vendor refuses members it does not know and members that
/// are null, so nothing is in it that was not asked for.
/// </summary>
internal static class SynthesiaBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="test">Whether the film is watermarked and free.</param>
    public static byte[] Write(VideoRequest request, bool test)
    {
        var options = request.Options ?? new Dictionary<string, string>();
        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body, Plain);
        json.WriteStartObject();
        if (test || options.GetValueOrDefault("test") == "true") json.WriteBoolean("test", true);
        if (options.GetValueOrDefault("title") is { Length: > 0 } title) json.WriteString("title", title);
        json.WriteString("visibility", "private");
        if (request.Ratio is { } ratio) json.WriteString("aspectRatio", ratio);
        if (options.GetValueOrDefault("callbackId") is { Length: > 0 } callback) json.WriteString("callbackId", callback);
        json.WriteStartArray("input");
        WriteScene(json, request, options);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static void WriteScene(Utf8JsonWriter json, VideoRequest request, IReadOnlyDictionary<string, string> options)
    {
        json.WriteStartObject();
        json.WriteString("avatar", options.GetValueOrDefault("avatar") ?? SynthesiaAvatars.Default);
        json.WriteString("background", options.GetValueOrDefault("background") ?? SynthesiaAvatars.DefaultBackground);
        json.WriteString("scriptText", Script(request.Prompt));
        // Outside 16:9 the avatar has to stand in the middle, and there it is best anyway.
        json.WriteStartObject("avatarSettings");
        json.WriteString("horizontalAlign", "center");
        if (options.GetValueOrDefault("voice") is { Length: > 0 } voice) json.WriteString("voice", voice);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The vendor reads a script as markup, with <c>&lt;break&gt;</c> and <c>&lt;sub&gt;</c>; what people write is text in it.</summary>
    private static string Script(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
