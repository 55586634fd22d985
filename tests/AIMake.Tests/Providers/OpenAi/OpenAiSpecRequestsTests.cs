using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Providers;
using AIMake.Tests.Architecture;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>
/// The requests that <c>tests/clients/openai-spec.test.mjs</c> holds against OpenAI's own description are those the adapter makes.
/// </summary>
public sealed class OpenAiSpecRequestsTests
{
    private static readonly MediaInput File = new("bytes"u8.ToArray(), "image/png", "a.png");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("speech")]
    [InlineData("chat")]
    [InlineData("embeddings")]
    [InlineData("images")]
    [InlineData("edits")]
    [InlineData("transcription")]
    public async Task A_request_is_the_one_that_is_held_against_the_description(string name)
    {
        var path = Path.Combine(SourceFiles.Root, "tests", "clients", "openai-requests.json");
        var expected = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(path, Ct))!.AsArray().Single(one => (string)one!["name"]! == name)!["body"]!.AsObject();

        var sent = await SendAsync(name, expected);

        Assert.True(JsonNode.DeepEquals(expected, sent), $"expected {expected.ToJsonString()}\nsent     {sent.ToJsonString()}");
    }

    private static async Task<JsonNode> SendAsync(string name, JsonObject body)
    {
        await using var server = new RawServer("HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}");
        using var bed = new OpenAiVendorBed(server.Host);
        await Assert.ThrowsAsync<ProviderException>(() => CallAsync(bed, name, body));
        var request = Assert.Single(server.Requests);
        var content = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return request.Contains("multipart/form-data", StringComparison.Ordinal)
            ? Form(content)
            : JsonNode.Parse(System.Text.Encoding.Latin1.GetBytes(content))!;
    }

    private static async Task CallAsync(OpenAiVendorBed bed, string name, JsonObject body)
    {
        var (vendor, endpoint) = (bed.Vendor, bed.Endpoint());
        string? Text(string member) => (string?)body[member];
        var model = Text("model")!;
        switch (name)
        {
            case "speech":
                await vendor.Speech(endpoint).SynthesizeAsync(OpenAiTestBed.Hello with { Model = model, Text = Text("input")!, Voice = Text("voice")!, Speed = (double)body["speed"]!, Instructions = Text("instructions")! }, Ct).ToListAsync(Ct);
                break;
            case "chat":
                var options = new JsonObject { ["temperature"] = body["temperature"]!.DeepClone(), ["tools"] = body["tools"]!.DeepClone() };
                var messages = body["messages"]!.AsArray().Select(message => message.Deserialize<JsonElement>()).ToList();
                await vendor.Chat(endpoint).StreamAsync(new(model, messages, (int)body["max_completion_tokens"]!, options.Deserialize<JsonElement>()), Ct).ToListAsync(Ct);
                break;
            case "embeddings":
                await vendor.Embeddings(endpoint).EmbedAsync(model, [.. body["input"]!.AsArray().Select(input => (string)input!)], (int)body["dimensions"]!, Ct);
                break;
            case "images" or "edits":
                var request = new ImageRequest(model, Text("prompt")!, (int)body["n"]!, Text("size"), Text("quality"), Text("output_format"), Text("background"));
                await vendor.Images(endpoint).GenerateAsync(name == "images" ? request : request with { Sources = [File, File], Mask = File }, Ct);
                break;
            default:
                await vendor.Transcription(endpoint).TranscribeAsync(new(model, File, 2, Text("language"), Text("prompt"), (double)body["temperature"]!, Words: true), Ct);
                break;
        }
    }

    /// <summary>A form in the terms of its schema: repeated names are lists, numbers are numbers.</summary>
    private static JsonObject Form(string content)
    {
        var form = new JsonObject();
        var boundary = content[..content.IndexOf("\r\n", StringComparison.Ordinal)];
        foreach (var part in content.Split(boundary).Where(part => part.Contains("name=\"", StringComparison.Ordinal)))
        {
            var (head, value) = (part[..part.IndexOf("\r\n\r\n", StringComparison.Ordinal)], part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..^2]);
            var name = head.Split("name=\"")[1].Split('"')[0];
            JsonNode node = head.Contains("filename", StringComparison.Ordinal) ? "(file)" : double.TryParse(value, out var number) ? JsonValue.Create(number) : value;
            if (!name.EndsWith("[]", StringComparison.Ordinal)) form[name] = node;
            else (form[name[..^2]] ??= new JsonArray()).AsArray().Add(node);
        }
        return form;
    }
}
