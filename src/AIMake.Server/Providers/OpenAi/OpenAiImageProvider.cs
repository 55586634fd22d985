using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Makes pictures from words, or from other pictures and words. OpenAI sends the bytes; other servers may send links, which are
/// fetched, with the key only when they lead back to the same server.
/// </summary>
internal sealed class OpenAiImageProvider(OpenAiDoor door, OutboundHttp http, TimeProvider time) : IImageProvider
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<ImageAnswer> GenerateAsync(ImageRequest request, CancellationToken ct)
    {
        using var response = request.Sources is { Count: > 0 }
            ? await door.SendAsync(HttpMethod.Post, "images/edits", request.Model, Form(request), door.Patient, ct)
            : await door.SendJsonAsync("images/generations", request.Model, Body(request), door.Patient, ct);
        using var answer = await OpenAiAnswer.ReadAsync(response, ct);
        var (images, revised) = (new List<MediaOutput>(), (string?)null);
        foreach (var item in OpenAiAnswer.Items(answer.RootElement, "data"))
        {
            images.Add(await PictureAsync(item, ct));
            revised ??= OpenAiAnswer.Text(item, "revised_prompt");
        }
        if (images.Count == 0) throw ProviderFaults.Invalid("no picture");
        var usage = OpenAiUsage.Read(OpenAiAnswer.Member(answer.RootElement, "usage")) ?? new ProviderUsage();
        return new ImageAnswer(images, usage with { Count = images.Count }, revised);
    }

    private byte[] Body(ImageRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteString("prompt", request.Prompt);
            if (request.Count != 1) json.WriteNumber("n", request.Count);
            foreach (var (name, value) in Choices(request)) json.WriteString(name, value);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private MultipartContent Form(ImageRequest request)
    {
        var form = new OpenAiForm().Add("model", request.Model).Add("prompt", request.Prompt);
        if (request.Count != 1) form.Add("n", request.Count);
        foreach (var (name, value) in Choices(request)) form.Add(name, value);
        var sources = request.Sources!;
        foreach (var source in sources) form.Add(sources.Count == 1 ? "image" : "image[]", source);
        if (request.Mask is { } mask) form.Add("mask", mask);
        return form.Content;
    }

    /// <summary>What was chosen, and nothing else. OpenAI refuses to be told to send bytes, as it always does; others need it.</summary>
    private IEnumerable<(string Name, string Value)> Choices(ImageRequest request)
    {
        if (request.Size is { } size) yield return ("size", size);
        if (request.Quality is { } quality) yield return ("quality", quality);
        if (request.Format is { } format && !door.IsCompatible) yield return ("output_format", format);
        if (request.Background is { } background && !door.IsCompatible) yield return ("background", background);
        if (door.IsCompatible) yield return ("response_format", "b64_json");
    }

    private async Task<MediaOutput> PictureAsync(JsonElement item, CancellationToken ct)
    {
        if (OpenAiAnswer.Text(item, "b64_json") is { Length: > 0 } base64) return Picture(MadeMedia.OfBase64(base64));
        if (OpenAiAnswer.Text(item, "url") is not { } link || !Uri.TryCreate(link, UriKind.Absolute, out var url)) throw ProviderFaults.Invalid("neither bytes nor a link");
        if (url.Scheme == door.Endpoint.BaseUrl.Scheme && url.Authority == door.Endpoint.BaseUrl.Authority) return Picture(await FetchOwnAsync(url, ct));
        return Picture(await MadeMedia.ReadAsync(http, url, time, ct));
    }

    /// <summary>From the same server, which may want the same key.</summary>
    private Task<MediaOutput> FetchOwnAsync(Uri url, CancellationToken ct) => PaidOrder.RedeemAsync(async () =>
    {
        using var request = door.Request(HttpMethod.Get, "", "");
        request.RequestUri = url;
        await using var body = await FetchedStream.OpenAsync(http, request, time, ct, door.Usual);
        return await MadeMedia.ReadAsync(body, ct);
    });

    private static MediaOutput Picture(MediaOutput made) =>
        made.MimeType.StartsWith("image/", StringComparison.Ordinal) ? made : throw ProviderFaults.Invalid($"{made.MimeType} instead of a picture");
}
