using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AIMake.Gateway.Bodies;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Video;

namespace AIMake.Gateway.Videos;

/// <summary>
/// Reads <c>POST /v1/videos</c>, as JSON or as a form. It is translated, not forwarded, so a member nobody here knows is refused by name:
/// nothing that was asked for, and is paid for, is passed over in silence.
/// </summary>
internal static class VideoOrderBody
{
    private static readonly JsonSerializerOptions Strict = CreateStrict();

    public static async Task<Outcome<VideoAsk>> ReadAsync(HttpContext context)
    {
        if (context.Request.HasJsonContentType())
        {
            return (await RequestBody.ReadJsonAsync(context)).Then(Read);
        }

        if (!(await UploadForm.ReadAsync(context, context.RequestAborted)).TryGet(out var form, out var fault))
        {
            return fault;
        }

        using (form)
        {
            return Read(form);
        }
    }

    private static Outcome<VideoAsk> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<VideoOrderJson>(json.Span, Strict) is { } body ? Ask(body) : Fault.Invalid(Said.NotAnObject);
        }
        catch (JsonException e)
        {
            return JsonFaults.From(e);
        }
    }

    private static Outcome<VideoAsk> Read(UploadForm form)
    {
        var body = new VideoOrderJson();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in form.Fields)
        {
            switch (name)
            {
                case "model":
                    body = body with { Model = value };
                    break;
                case "prompt":
                    body = body with { Prompt = value };
                    break;
                case "size":
                    body = body with { Size = value };
                    break;
                case "seconds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                    body = body with { Seconds = seconds };
                    break;
                case "seconds":
                    return Fault.Invalid("seconds", Said.WrongType);
                case "input_reference[image_url]":
                    body = body with { InputReference = (body.InputReference ?? new()) with { ImageUrl = value } };
                    break;
                case "input_reference[file_id]":
                    body = body with { InputReference = (body.InputReference ?? new()) with { FileId = value } };
                    break;
                case var option when option.StartsWith("options[", StringComparison.Ordinal) && option.EndsWith(']'):
                    options[option["options[".Length..^1]] = value;
                    break;
                default:
                    return Unknown(name);
            }
        }

        if (form.Files.FirstOrDefault(f => f.Name != "input_reference") is { } stray)
        {
            return Unknown(stray.Name);
        }

        if (form.Files.Count > 1 || (form.Files.Count == 1 && body.InputReference is not null))
        {
            return new Fault(FaultCodes.DuplicateField, "input_reference") { Field = "input_reference" };
        }

        return Ask(body with { Options = options }).Select(ask => form.Files is [var file] ? ask with { Frame = file.ToInput() } : ask);
    }

    private static Outcome<VideoAsk> Ask(VideoOrderJson body)
    {
        if (body.Model is not { Length: > 0 } model)
        {
            return new Fault(FaultCodes.FieldRequired, "model") { Field = "model" };
        }

        if (body.Prompt is not { } prompt)
        {
            return new Fault(FaultCodes.FieldRequired, "prompt") { Field = "prompt" };
        }

        var ask = new VideoAsk(model, prompt, body.Seconds, body.Size, body.Options);
        return body.InputReference is not { } reference ? ask
            : reference.FileId is not null ? Fault.Invalid("input_reference.file_id", new Said("files are not kept here; send the picture itself", "此处不保存文件，请直接发送图片"))
            : Picture(reference.ImageUrl ?? "").Select(picture => ask with { Frame = picture });
    }

    /// <summary>A picture within the request. Addresses elsewhere are not called on a stranger's word.</summary>
    private static Outcome<MediaInput> Picture(string url)
    {
        try
        {
            return url.StartsWith("data:image/", StringComparison.Ordinal) && url.IndexOf(";base64,", StringComparison.Ordinal) is > 0 and < 64 && MadeMedia.OfBase64(url) is var picture
                ? new MediaInput(picture.Bytes, picture.MimeType, "frame")
                : NotAPicture();
        }
        catch (ProviderException)
        {
            return NotAPicture();
        }
    }

    private static Fault NotAPicture() =>
        Fault.Invalid("input_reference.image_url", new Said("a data URL of a PNG, JPEG or WebP", "须为 PNG、JPEG 或 WebP 的 data URL"));

    private static Fault Unknown(string name)
    {
        var shown = name.Length <= 64 ? name : name[..64];
        return new Fault(FaultCodes.UnknownField, shown) { Field = shown };
    }

    private static JsonSerializerOptions CreateStrict()
    {
        var options = new JsonSerializerOptions();
        JsonFaults.Configure(options);
        return options;
    }

    /// <summary>The body, member for member.</summary>
    private sealed record VideoOrderJson
    {
        public string? Model { get; init; }

        public string? Prompt { get; init; }

        [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
        public int? Seconds { get; init; }

        public string? Size { get; init; }

        [JsonPropertyName("input_reference")]
        public ReferenceJson? InputReference { get; init; }

        public Dictionary<string, string>? Options { get; init; }
    }

    private sealed record ReferenceJson
    {
        [JsonPropertyName("image_url")]
        public string? ImageUrl { get; init; }

        [JsonPropertyName("file_id")]
        public string? FileId { get; init; }
    }
}
