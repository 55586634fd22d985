using System.Text;
using System.Text.Json;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>What each seam puts on the wire, byte for byte, in each profile.</summary>
public sealed class OpenAiVendorWireTests
{
    private const string Chat = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private const string Png = "iVBORw0KGgoAAAANSUhEUg==";

    private static readonly ChatRequest Hello = new(
        "gpt-4o-mini", [JsonElement.Parse("""{"role":"user","content":"他说：\"好\"","name":"ada"}""")], 50,
        JsonElement.Parse("""{"temperature":0.5,"n":3,"stream":false,"max_tokens":9,"model":"other","messages":[],"stream_options":{},"new_option":{"x":[1]}}"""));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_has_these_headers_and_asks_for_a_stream_with_usage_whatever_the_caller_wrote()
    {
        var request = await SentAsync(Chat, (vendor, endpoint) => vendor.Chat(endpoint).StreamAsync(Hello, Ct).ToListAsync(Ct).AsTask());

        Assert.Equal(
            ["POST /v1/chat/completions HTTP/1.1", "Authorization: Bearer sk-canary", "Content-Length: 216", "Content-Type: application/json", "Host: HOST", "User-Agent: AIMake/0.1.0"],
            Head(request));
        Assert.Equal(
            """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"他说：\"好\"","name":"ada"}],"max_completion_tokens":50,"temperature":0.5,"new_option":{"x":[1]},"stream":true,"stream_options":{"include_usage":true}}""",
            Body(request));
    }

    [Fact]
    public async Task A_server_that_is_only_alike_is_told_the_limit_by_its_older_name() =>
        Assert.Equal(
            """{"model":"llama","messages":[],"max_tokens":7,"stream":true,"stream_options":{"include_usage":true}}""",
            Body(await SentAsync(Chat, (vendor, endpoint) => vendor.Chat(endpoint).StreamAsync(new("llama", [], 7), Ct).ToListAsync(Ct).AsTask(), ("profile", "compatible"))));

    [Theory]
    [InlineData("gpt-4o", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")]
    [InlineData("a b/../c?d", "/openai/deployments/a%20b%2F..%2Fc%3Fd/chat/completions?api-version=2024-10-21")]
    public async Task Azure_finds_the_model_in_the_address_and_the_key_in_a_header_of_its_own(string model, string path)
    {
        var request = await SentAsync(
            Chat, (vendor, endpoint) => vendor.Chat(endpoint with { BaseUrl = new Uri(endpoint.BaseUrl, "/") }).StreamAsync(new(model, []), Ct).ToListAsync(Ct).AsTask(),
            ("profile", "azure"), ("apiVersion", "2024-10-21"));

        Assert.StartsWith($"POST {path} HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("api-key: sk-canary", Head(request));
        Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azures_newer_addresses_are_those_of_openai()
    {
        var request = await SentAsync(
            Chat, (vendor, endpoint) => vendor.Chat(endpoint with { BaseUrl = new Uri(endpoint.BaseUrl, "/openai/v1/") }).StreamAsync(new("my-deployment", []), Ct).ToListAsync(Ct).AsTask(), ("profile", "azure"));

        Assert.StartsWith("POST /openai/v1/chat/completions HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("api-key: sk-canary", Head(request));
    }

    [Fact]
    public async Task Vectors_are_asked_for_packed_from_openai_and_as_numbers_from_others()
    {
        const string answer = """{"data":[{"index":1,"embedding":[0.5]},{"index":0,"embedding":"AACAPw=="}],"usage":{"prompt_tokens":3}}""";
        EmbeddingAnswer? made = null;

        var request = await SentAsync(Json(answer), async (vendor, endpoint) => made = await vendor.Embeddings(endpoint).EmbedAsync("m", ["a", "b"], 1, Ct));
        var other = await SentAsync(Json(answer), (vendor, endpoint) => vendor.Embeddings(endpoint).EmbedAsync("m", ["a", "b"], null, Ct), ("profile", "compatible"));

        Assert.Equal("""{"model":"m","input":["a","b"],"dimensions":1,"encoding_format":"base64"}""", Body(request));
        Assert.Equal("""{"model":"m","input":["a","b"]}""", Body(other));
        Assert.Equal([1f, 0.5f], made!.Vectors.Select(vector => vector.Span[0]));
        Assert.Equal((3, UsageSource.Provider), (made.Usage.InputTokens, made.Usage.Source));
    }

    [Fact]
    public async Task A_picture_is_asked_for_with_what_was_chosen_and_nothing_else()
    {
        var answer = Json($$$"""{"data":[{"b64_json":"{{{Png}}}","revised_prompt":"a red fox"}],"usage":{"input_tokens":5,"output_tokens":100}}""");
        ImageAnswer? made = null;

        Assert.Equal("""{"model":"m","prompt":"a fox"}""", Body(await SentAsync(answer, async (vendor, endpoint) => made = await vendor.Images(endpoint).GenerateAsync(new("m", "a fox"), Ct))));
        Assert.Equal(
            """{"model":"m","prompt":"a fox","n":2,"size":"1024x1024","quality":"low","output_format":"webp","background":"transparent"}""",
            Body(await SentAsync(answer, (vendor, endpoint) => vendor.Images(endpoint).GenerateAsync(new("m", "a fox", 2, "1024x1024", "low", "webp", "transparent"), Ct))));
        Assert.Equal(
            """{"model":"m","prompt":"a fox","size":"512x512","response_format":"b64_json"}""",
            Body(await SentAsync(answer, (vendor, endpoint) => vendor.Images(endpoint).GenerateAsync(new("m", "a fox", 1, "512x512", Format: "webp"), Ct), ("profile", "compatible"))));
        Assert.Equal(("a red fox", 1, 5L, 100L), (made!.RevisedPrompt, made.Usage.Count, made.Usage.InputTokens, made.Usage.OutputTokens));
    }

    [Fact]
    public async Task An_edit_travels_in_parts_with_quoted_names_and_harmless_file_names()
    {
        var source = new MediaInput("PNG-1"u8.ToArray(), "image/png", "狐 \"狸\r\nX: y.png");
        var request = await SentAsync(
            Json($$"""{"data":[{"b64_json":"{{Png}}"}]}"""),
            (vendor, endpoint) => vendor.Images(endpoint).GenerateAsync(new("m", "blue", Sources: [source, source], Mask: source with { FileName = "m.png" }), Ct));

        Assert.StartsWith("POST /v1/images/edits HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            [
                "Content-Disposition: form-data; name=\"model\"||m", "Content-Disposition: form-data; name=\"prompt\"||blue",
                "Content-Type: image/png|Content-Disposition: form-data; name=\"image[]\"; filename=\"______X__y.png\"||PNG-1",
                "Content-Type: image/png|Content-Disposition: form-data; name=\"image[]\"; filename=\"______X__y.png\"||PNG-1",
                "Content-Type: image/png|Content-Disposition: form-data; name=\"mask\"; filename=\"m.png\"||PNG-1",
            ],
            Parts(request));
    }

    [Theory]
    [InlineData("whisper-1", true, "verbose_json")]
    [InlineData("gpt-4o-transcribe", false, "json")]
    public async Task A_recording_is_asked_about_as_its_model_can_answer(string model, bool times, string format)
    {
        var parts = Parts(await SentAsync(
            Json("""{"text":"Hi"}"""),
            (vendor, endpoint) => vendor.Transcription(endpoint).TranscribeAsync(new(model, new("abc"u8.ToArray(), "audio/mpeg", "a.mp3"), 2, "en", "Ada", 0.5, Words: true), Ct)));

        string[] expected =
        [
            "Content-Type: audio/mpeg|Content-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"||abc", Field("model", model), Field("language", "en"), Field("prompt", "Ada"),
            Field("temperature", "0.5"), Field("response_format", format),
            .. times ? new[] { Field("timestamp_granularities[]", "segment"), Field("timestamp_granularities[]", "word") } : [],
        ];
        Assert.Equal(expected, parts);

        static string Field(string name, string value) => $"Content-Disposition: form-data; name=\"{name}\"||{value}";
    }

    [Fact]
    public async Task A_test_of_a_key_lists_models_and_takes_no_page_of_html_for_a_list()
    {
        var request = await SentAsync(Json("""{"object":"list","data":[]}"""), (vendor, endpoint) => vendor.TestAsync(endpoint, Ct));
        Assert.Equal("GET /v1/models HTTP/1.1", Head(request)[0]);

        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
        using var bed = new OpenAiVendorBed(server.Host);
        var thrown = await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.TestAsync(bed.Endpoint(), Ct));
        Assert.Equal(ProviderFaultKind.InvalidResponse, thrown.Fault.Kind);
    }

    [Fact]
    public void A_passage_addresses_any_path_with_the_key_and_no_body()
    {
        using var bed = new OpenAiVendorBed("127.0.0.1:9");
        using var request = bed.Vendor.Passage(bed.Endpoint()).Request(HttpMethod.Post, "responses", "gpt-4o");

        Assert.Equal(("http://127.0.0.1:9/v1/responses", "Bearer sk-canary", null), (request.RequestUri!.AbsoluteUri, request.Headers.Authorization!.ToString(), request.Content));
    }

    [Fact]
    public async Task A_picture_by_link_is_fetched_with_the_key_from_the_same_server_and_without_it_from_others()
    {
        await using var elsewhere = new RawServer(Picture);
        RawServer? server = null;
        server = new RawServer(connection => connection.SendAsync(server!.Requests.Count > 1 ? Picture : Json($$"""{"data":[{"url":"http://{{server.Host}}/made/1"},{"url":"http://{{elsewhere.Host}}/made/2"}]}""")));
        await using var _ = server;
        using var http = OutboundTestBed.Create([server.Host, elsewhere.Host]);
        var endpoint = new ProviderEndpoint("local", new Uri($"http://{server.Host}/v1"), "sk-canary");

        var made = await new OpenAiVendor(http, TimeProvider.System).Images(endpoint).GenerateAsync(new("m", "a fox", 2), Ct);

        Assert.Equal(["image/png", "image/png"], made.Images.Select(image => image.MimeType));
        Assert.Contains("Bearer sk-canary", server.Requests.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", Assert.Single(elsewhere.Requests), StringComparison.Ordinal);
    }

    private static string Picture => "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + Encoding.Latin1.GetString(Convert.FromBase64String(Png));

    private static string Json(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task<string> SentAsync(string answer, Func<OpenAiVendor, ProviderEndpoint, Task> call, params (string, string)[] settings)
    {
        await using var server = new RawServer(answer);
        using var bed = new OpenAiVendorBed(server.Host);
        await call(bed.Vendor, bed.Endpoint(settings: settings));
        return Utf8(Assert.Single(server.Requests)).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static string[] Head(string request)
    {
        var lines = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        return [lines[0], .. lines.Skip(1).Order(StringComparer.Ordinal)];
    }

    private static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    /// <summary>The parts of a form, a bar for each line end.</summary>
    private static string[] Parts(string request)
    {
        const string mark = "boundary=\"";
        var at = request.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        var boundary = request[at..request.IndexOf('"', at)];
        return [.. Body(request).Split($"--{boundary}").Where(part => part.Contains("Content-", StringComparison.Ordinal)).Select(part => part[2..^2].Replace("\r\n", "|", StringComparison.Ordinal))];
    }

    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));
}
