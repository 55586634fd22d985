using System.Globalization;
using System.Text.Json;

namespace AIMake.Simulator.OpenAi;

/// <summary>A checked request to <c>/images/generations</c> or <c>/images/edits</c>.</summary>
/// <param name="Sources">How many pictures came along.</param>
internal sealed record ImageRequest(
    OpenAiModel Model, string Prompt, int Count, int Width, int Height, string Quality, string Format, string Background, bool Stream, int Partials, int Sources)
{
    /// <summary>Answer with links instead of bytes.</summary>
    public bool Linked { get; init; }

    private const int LongestPrompt = 32_000;

    /// <param name="text">A member by its name; null when it is missing.</param>
    public static (ImageRequest?, OpenAiError?) Read(OpenAiCall call, Func<string, string?> text, int sources, bool edit)
    {
        var (model, unknown) = call.FindModel(text("model"), ModelKind.Image);
        if (model is null) return (null, unknown);
        if (text("prompt") is not { Length: > 0 } prompt) return Fail("prompt", "Missing required parameter: 'prompt'.", "missing_required_parameter");
        if (prompt.Length > LongestPrompt) return Fail("prompt", $"Invalid 'prompt': at most {LongestPrompt} characters.", "string_above_max_length");
        if (prompt.Contains("forbidden", StringComparison.OrdinalIgnoreCase)) return (null, OpenAiErrors.Moderated());
        if (text("response_format") is not null && !call.Profile.OwnMedia) return Fail("response_format", "Unknown parameter: 'response_format'.", "unknown_parameter");
        if (edit && sources is 0 or > 16) return Fail("image", "Invalid 'image': from 1 to 16 pictures are required.");
        var count = Number(text("n"), 1);
        if (count is < 1 or > 10) return Fail("n", "Invalid 'n': must be from 1 to 10.");
        if (Size(text("size"), model) is not { } size) return Fail("size", "Invalid 'size'.", "invalid_value");
        var quality = text("quality") ?? "auto";
        if (quality is not ("auto" or "low" or "medium" or "high")) return Fail("quality", "Invalid 'quality': must be low, medium, high or auto.", "invalid_value");
        var format = text("output_format") ?? "png";
        if (format is not ("png" or "jpeg" or "webp")) return Fail("output_format", "Invalid 'output_format'.", "invalid_value");
        var background = text("background") ?? "auto";
        if (background == "transparent" && format == "jpeg") return Fail("background", "A transparent background needs png or webp.", "invalid_value");
        var partials = Number(text("partial_images"), 0);
        if (partials is < 0 or > 3) return Fail("partial_images", "Invalid 'partial_images': must be from 0 to 3.");

        return (new ImageRequest(
            model, prompt, count, size.Width, size.Height, quality == "auto" ? "medium" : quality, format,
            background == "auto" ? "opaque" : background, text("stream") == "true", partials, sources)
        {
            Linked = call.Profile.OwnMedia && text("response_format") != "b64_json",
        }, null);
    }

    /// <summary>A member of a JSON body as the text a form would have.</summary>
    public static string? Text(JsonElement root, string name) => !root.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    private static (ImageRequest?, OpenAiError) Fail(string param, string message, string? code = null) => (null, OpenAiErrors.Bad(param, message, code));

    private static int Number(string? text, int otherwise) =>
        text is null ? otherwise : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>Three sizes for the older models; any multiple of 16 within bounds from <c>gpt-image-2</c> on.</summary>
    private static (int Width, int Height)? Size(string? size, OpenAiModel model)
    {
        if (size is null or "auto") return (1024, 1024);
        if (size.Split('x') is not [var w, var h]) return null;
        var (width, height) = (Number(w, -1), Number(h, -1));
        if (width is < 1 or > 3840 || height is < 1 or > 3840) return null;
        if ((width, height) is (1024, 1024) or (1536, 1024) or (1024, 1536)) return (width, height);
        var free = (model.Id.StartsWith("gpt-image-2", StringComparison.Ordinal) || model.Created == 0) && width % 16 == 0 && height % 16 == 0
            && width <= 3 * height && height <= 3 * width && width * height <= 3840 * 2160;
        return free ? (width, height) : null;
    }
}
