using System.Text.Json;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>Answers as servers other than OpenAI write them, byte by byte.</summary>
public sealed class OpenAiToleranceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tool_calls_without_index_or_id_get_them()
    {
        var answer = await StreamAsync(
            """{"choices":[{"delta":{"tool_calls":[{"function":{"name":"a","arguments":"{}"}},{"id":"","function":{"name":"b","arguments":"{}"}}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""");

        var calls = answer.ToolCalls();
        Assert.Equal(["a", "b"], calls.Select(call => call.Name));
        Assert.All(calls, call => Assert.StartsWith("call_", call.Id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":{}}""")]
    [InlineData("""{"choices":[null]}""")]
    [InlineData("""{"choices":[{"index":1,"delta":{"content":"other"}}]}""")]
    [InlineData("""{"choices":[{"delta":null}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":null,"tool_calls":null}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":["no","text"],"tool_calls":{}}}]}""")]
    [InlineData("""{"type":"mcp_tool_result"}""")]
    [InlineData("""{"usage":[],"error":null}""")]
    [InlineData("{}")]
    public async Task A_chunk_with_nothing_in_it_is_passed_over(string chunk) =>
        Assert.Equal("Hi", (await StreamAsync(chunk, """{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}""")).Text);

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{\"choices\":")]
    public async Task An_event_that_is_no_object_is_nonsense(string data) =>
        Assert.Equal(ProviderFaultKind.InvalidResponse, (await Assert.ThrowsAsync<ProviderException>(() => StreamAsync(data))).Fault.Kind);

    [Fact]
    public async Task An_end_without_the_closing_word_is_one_when_a_reason_was_given() =>
        Assert.Equal("length", (await RawAsync("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"length\"}]}\n\n")).Deltas[^1].FinishReason);

    [Theory]
    [InlineData("""{"object":"error","message":"secret canary","type":"BadRequestError","param":null,"code":400}""", 400, ProviderFaultKind.Rejected, "400")]
    [InlineData("""{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""", 503, ProviderFaultKind.ServerError, "503")]
    [InlineData("""{"error":{"code":"429","message":"You have exceeded your rate limit. Please retry after 6 seconds."}}""", 429, ProviderFaultKind.Throttled, "429")]
    [InlineData("""{"error":{"code":"429","message":"Please retry after 86400 seconds."}}""", 429, ProviderFaultKind.QuotaExhausted, "429")]
    [InlineData("""{"error":"model 'x' not found"}""", 404, ProviderFaultKind.Rejected, "none")]
    [InlineData("""{"detail":"Not authenticated"}""", 401, ProviderFaultKind.Unauthorized, "none")]
    internal async Task Errors_are_read_in_every_shape_they_come_in(string body, int status, ProviderFaultKind kind, string code)
    {
        await using var server = new RawServer($"HTTP/1.1 {status} No\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var bed = new OpenAiVendorBed(server.Host);

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.TestAsync(bed.Endpoint(), Ct))).Fault;

        Assert.Equal(kind, fault.Kind);
        Assert.Contains($"code {code},", fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(kind == ProviderFaultKind.Throttled ? TimeSpan.FromSeconds(6) : kind == ProviderFaultKind.QuotaExhausted ? TimeSpan.FromDays(1) : null, fault.RetryAfter);
    }

    [Theory]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"embedding":[1]},{"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":1,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":["x"]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"AAA="}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"AADAfw=="}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1e99]}]}""")]
    [InlineData("""{"data":{}}""")]
    public async Task Vectors_that_are_none_are_refused(string body)
    {
        await using var server = new RawServer(Json(body));
        using var bed = new OpenAiVendorBed(server.Host);

        var thrown = await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.Embeddings(bed.Endpoint()).EmbedAsync("m", ["a"], null, Ct));
        Assert.Equal(ProviderFaultKind.InvalidResponse, thrown.Fault.Kind);
    }

    [Theory]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"b64_json":"bm8gcGljdHVyZQ=="}]}""")]
    [InlineData("""{"data":[{"b64_json":"%%%"}]}""")]
    [InlineData("""{"data":[{"url":"file:///etc/passwd"}]}""")]
    [InlineData("""{"data":[{"url":"http://169.254.169.254/latest/meta-data"}]}""")]
    [InlineData("""{"data":[{"url":"/relative"}]}""")]
    [InlineData("""{"data":[{}]}""")]
    public async Task Pictures_that_are_none_are_refused(string body)
    {
        await using var server = new RawServer(Json(body));
        using var bed = new OpenAiVendorBed(server.Host);

        await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.Images(bed.Endpoint()).GenerateAsync(new("m", "a fox"), Ct));
        Assert.Equal(1, server.Connects);
    }

    [Fact]
    public async Task A_transcript_may_name_its_words_otherwise_and_report_nothing()
    {
        const string body = """{"text":"Hi all","segments":[{"start":0,"end":1.5,"text":"Hi all"},{"start":9,"end":1,"text":"backwards"}],"words":[{"start":0,"end":1,"text":"Hi"},{"start":1e9,"end":"x","word":"all"}]}""";
        await using var server = new RawServer(Json(body));
        using var bed = new OpenAiVendorBed(server.Host);

        var heard = await bed.Vendor.Transcription(bed.Endpoint()).TranscribeAsync(new("whisper", new("abc"u8.ToArray(), "audio/mpeg", "a.mp3"), 1.5m), Ct);

        Assert.Equal(["Hi", "all"], heard.Words.Select(word => word.Text));
        Assert.Single(heard.Segments);
        Assert.Equal((1.5m, UsageSource.Counted), (heard.Usage.Seconds, heard.Usage.Source));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":99}}""", 3, 3, 4)]
    [InlineData("""{"input_tokens":3,"output_tokens":4,"input_tokens_details":{"cached_tokens":2}}""", 3, 2, 4)]
    [InlineData("""{"prompt_tokens":3,"total_tokens":3}""", 3, 0, 0)]
    public void Usage_goes_by_two_sets_of_names(string json, long input, long cached, long output)
    {
        var usage = OpenAiUsage.Read(JsonElement.Parse(json))!;

        Assert.Equal((input, cached, output, UsageSource.Provider), (usage.InputTokens, usage.CachedTokens, usage.OutputTokens, usage.Source));
    }

    private static string Json(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static Task<ChatAnswer> StreamAsync(params string[] chunks) => RawAsync(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")) + "data: [DONE]\n\n");

    private static async Task<ChatAnswer> RawAsync(string events)
    {
        await using var server = new RawServer($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {events.Length}\r\n\r\n{events}");
        using var bed = new OpenAiVendorBed(server.Host);
        return new(await bed.Vendor.Chat(bed.Endpoint()).StreamAsync(new("m", [JsonElement.Parse("""{"role":"user","content":"Hi"}""")]), Ct).ToListAsync(Ct));
    }
}
