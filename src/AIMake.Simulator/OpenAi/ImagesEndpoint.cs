using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Pictures;

namespace AIMake.Simulator.OpenAi;

/// <summary><c>POST /images/generations</c> and <c>/images/edits</c>: real pictures, as base64 only.</summary>
internal static class ImagesEndpoint
{
    public static async Task GenerateAsync(OpenAiCall call)
    {
        if (await call.ReadObjectAsync() is not { } root) await call.RefuseAsync(OpenAiErrors.BadJson());
        else await AnswerAsync(call, ImageRequest.Read(call, name => ImageRequest.Text(root, name), 0, edit: false), "image_generation");
    }

    public static async Task EditAsync(OpenAiCall call)
    {
        if (await FormReader.ReadAsync(call) is not { } form)
        {
            await call.RefuseAsync(OpenAiErrors.Bad("image", "A multipart form is required."));
            return;
        }
        var sources = form.Files.Where(file => file.Name is "image" or "image[]").ToList();
        foreach (var file in sources.Concat(form.Files.Where(file => file.Name == "mask")))
        {
            if (Kind(await file.BytesAsync(call.Ct)) is not null) continue;
            await call.RefuseAsync(OpenAiErrors.Bad(file.Name == "mask" ? "mask" : "image", "Invalid image file: png, jpeg or webp expected.", "invalid_image_file"));
            return;
        }
        await AnswerAsync(call, ImageRequest.Read(call, form.Text, sources.Count, edit: true), "image_edit");
    }

    private static string? Kind(byte[] bytes) =>
        bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "png"
        : bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? "jpeg"
        : bytes.AsSpan().StartsWith("RIFF"u8) ? "webp"
        : null;

    private static async Task AnswerAsync(OpenAiCall call, (ImageRequest? Request, OpenAiError? Error) read, string events)
    {
        if (read.Request is not { } request)
        {
            await call.RefuseAsync(read.Error!);
            return;
        }
        if (call.Faults.SlowMs is { } wait) await Task.Delay(wait, call.Ct);
        if (request.Stream) await StreamAsync(call, request, events);
        else await WholeAsync(call, request);
    }

    private static async Task WholeAsync(OpenAiCall call, ImageRequest request)
    {
        var data = new JsonArray();
        for (var i = 0; i < request.Count; i++)
            data.Add(request.Linked ? new JsonObject { ["url"] = LinkTo(call, request, i) } : new JsonObject { ["b64_json"] = await PictureAsync(call, request, i) });
        var answer = Facts(call, request, "created");
        answer["data"] = data;
        if (call.Faults.Usage != "none") answer["usage"] = Usage(request, request.Count);
        await call.WriteAsync(answer);
    }

    private static async Task StreamAsync(OpenAiCall call, ImageRequest request, string kind)
    {
        var events = new EventStream(call);
        await events.StartAsync();
        for (var i = 0; i < request.Partials; i++) await SendAsync("partial_image", i);
        await SendAsync("completed", null);

        async Task SendAsync(string what, int? partial)
        {
            var data = Facts(call, request, "created_at");
            data["type"] = $"{kind}.{what}";
            data["b64_json"] = await PictureAsync(call, request, partial ?? 9);
            if (partial is { } index) data["partial_image_index"] = index;
            else data["usage"] = Usage(request, 1);
            await events.SendAsync(data, $"{kind}.{what}");
        }
    }

    /// <summary>A picture made for a link, whose name says how large it is and what it is made from.</summary>
    public static async Task LinkedAsync(OpenAiCall call)
    {
        var parts = ((string)call.Context.Request.RouteValues["name"]!).Split('-', 3);
        if (parts is not [var width, var height, var words] || !int.TryParse(width, out var w) || !int.TryParse(height, out var h) || w is < 1 or > 3840 || h is < 1 or > 3840)
        {
            await call.RefuseAsync(OpenAiErrors.NotFound("Image"));
            return;
        }
        call.Response.ContentType = "image/png";
        await call.Response.Body.WriteAsync(PictureMaker.Png(words, w, h), call.Ct);
    }

    private static string LinkTo(OpenAiCall call, ImageRequest request, int number)
    {
        var words = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{request.Prompt}#{number}")));
        var here = call.Context.Request;
        return $"{here.Scheme}://{here.Host}/localai/generated-images/{request.Width}-{request.Height}-{words}.png";
    }

    private static async Task<string> PictureAsync(OpenAiCall call, ImageRequest request, int number)
    {
        var png = PictureMaker.Png($"{request.Prompt}#{number}", request.Width, request.Height, request.Background == "transparent");
        var bytes = await PictureMaker.ConvertAsync(png, request.Format, call.Ct);
        return Convert.ToBase64String(bytes);
    }

    private static JsonObject Facts(OpenAiCall call, ImageRequest request, string created) => new()
    {
        [created] = call.Now, ["background"] = request.Background, ["output_format"] = request.Format,
        ["quality"] = request.Quality, ["size"] = $"{request.Width}x{request.Height}",
    };

    private static JsonObject Usage(ImageRequest request, int count)
    {
        var text = Tokens.Count(request.Prompt);
        var images = request.Sources * 323;
        var each = request.Quality switch { "low" => 272, "high" => 4160, _ => 1056 };
        var output = count * each;
        return new()
        {
            ["input_tokens"] = text + images, ["input_tokens_details"] = new JsonObject { ["image_tokens"] = images, ["text_tokens"] = text },
            ["output_tokens"] = output, ["output_tokens_details"] = new JsonObject { ["image_tokens"] = output, ["text_tokens"] = 0 },
            ["total_tokens"] = text + images + output,
        };
    }
}
