using AIMake.Providers;
using AIMake.Tests.Platform.Outbound;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>A chat with the simulator having a bad day: what is taken, what is refused, and as what.</summary>
public sealed class OpenAiChatBadDaysTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _bed = new(simulator.Host, outbound => outbound.MaxResponseBytes = 8 << 20);
    private readonly OpenAiVendorBed _hasty = new(simulator.Host, outbound => outbound.IdleTimeout = OutboundTestBed.Short);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bed.Dispose();
        _hasty.Dispose();
    }

    [Theory]
    [InlineData("last")]
    [InlineData("early")]
    [InlineData("finish")]
    [InlineData("every")]
    [InlineData("twice")]
    public async Task Usage_is_found_wherever_it_stands_and_counted_once(string usage)
    {
        await simulator.FaultsAsync(new { key = $"sk-usage-{usage}", usage });

        var (right, found) = (await AskAsync("sk-right"), await AskAsync($"sk-usage-{usage}"));

        Assert.Equal(right.Usage, found.Usage);
        Assert.Equal(UsageSource.Provider, found.Usage.Source);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("negative")]
    [InlineData("huge")]
    [InlineData("zero")]
    [InlineData("text")]
    public async Task Usage_that_is_missing_or_absurd_is_counted_by_us_and_marked(string usage)
    {
        await simulator.FaultsAsync(new { key = $"sk-usage-{usage}", usage });
        var right = (await AskAsync("sk-right")).Usage;

        var counted = (await AskAsync($"sk-usage-{usage}")).Usage;

        Assert.Equal(UsageSource.Estimated, counted.Source);
        Assert.InRange(counted.InputTokens, right.InputTokens, right.InputTokens * 3);
        Assert.InRange(counted.OutputTokens, right.OutputTokens / 2, right.OutputTokens * 3);
    }

    [Fact]
    public async Task Cached_and_reasoning_tokens_are_part_of_what_they_belong_to()
    {
        await simulator.FaultsAsync(new { key = "sk-details", reply = new { tokens = 10, reasoningTokens = 90, cachedTokens = 5 } });

        var usage = (await AskAsync("sk-details")).Usage;

        Assert.Equal((100, 5), (usage.OutputTokens, usage.CachedTokens));
    }

    [Fact]
    public async Task Single_bytes_heartbeats_cr_lf_and_chunks_without_choices_change_nothing()
    {
        await simulator.FaultsAsync(new { key = "sk-odd", sliceBytes = 1, pingEvents = true, crlf = true, chunkWithoutChoices = true });

        Assert.Equal((await AskAsync("sk-right")).Text, (await AskAsync("sk-odd")).Text);
    }

    [Theory]
    [InlineData("fin", 0, ProviderStage.FirstByte)]
    [InlineData("fin", 4, ProviderStage.Stream)]
    [InlineData("rst", 4, ProviderStage.Stream)]
    [InlineData("end", 4, ProviderStage.Stream)]
    internal async Task A_stream_that_stops_short_was_interrupted(string cutHow, int after, ProviderStage stage)
    {
        var key = $"sk-cut-{cutHow}-{after}";
        await simulator.FaultsAsync(new { key, cutAfterEvents = after, cutHow });

        var fault = await FaultAsync(key);

        Assert.Equal((stage, ProviderFaultKind.Interrupted, ProviderParty.Provider, true), (fault.Stage, fault.Kind, fault.Party, fault.Retryable));
    }

    [Fact]
    public async Task Half_an_event_is_nonsense_and_not_words()
    {
        await simulator.FaultsAsync(new { key = "sk-half", cutAfterEvents = 4, cutHow = "half" });

        var fault = await FaultAsync("sk-half");

        Assert.Equal((ProviderStage.Stream, ProviderFaultKind.InvalidResponse), (fault.Stage, fault.Kind));
    }

    [Theory]
    [InlineData("/v1", 0, ProviderStage.FirstByte, ProviderFaultKind.ServerError)]
    [InlineData("/v1", 4, ProviderStage.Stream, ProviderFaultKind.ServerError)]
    [InlineData("/llamacpp/v1", 4, ProviderStage.Stream, ProviderFaultKind.ServerError)]
    [InlineData("/ollama/v1", 4, ProviderStage.Stream, ProviderFaultKind.Interrupted)]
    internal async Task A_failure_told_in_the_middle_is_one_however_it_is_told(string path, int after, ProviderStage stage, ProviderFaultKind kind)
    {
        var key = $"sk-error{path.Replace('/', '-')}-{after}";
        await simulator.FaultsAsync(new { key, errorAfterEvents = after });

        var fault = await FaultAsync(key, path);

        Assert.Equal((stage, kind, true), (fault.Stage, fault.Kind, fault.Retryable));
    }

    [Theory]
    [InlineData("html", ProviderFaultKind.ServerError)]
    [InlineData("redirect", ProviderFaultKind.Redirected)]
    [InlineData("contentType", ProviderFaultKind.InvalidResponse)]
    [InlineData("gzipBomb", ProviderFaultKind.InvalidResponse)]
    internal async Task An_answer_of_another_kind_is_refused(string malformed, ProviderFaultKind kind)
    {
        await simulator.FaultsAsync(new { key = $"sk-{malformed}", malformed });

        Assert.Equal(kind, (await FaultAsync($"sk-{malformed}")).Kind);
    }

    [Theory]
    [InlineData("gzipBomb")]
    [InlineData("json")]
    [InlineData("empty")]
    [InlineData("html")]
    public async Task Whole_answers_that_are_broken_are_refused_by_every_seam(string malformed)
    {
        await simulator.FaultsAsync(new { key = $"sk-whole-{malformed}", malformed });
        var endpoint = _bed.Endpoint($"sk-whole-{malformed}");

        await Assert.ThrowsAsync<ProviderException>(() => _bed.Vendor.Embeddings(endpoint).EmbedAsync("text-embedding-3-small", ["a"], null, Ct));
        await Assert.ThrowsAsync<ProviderException>(() => _bed.Vendor.Images(endpoint).GenerateAsync(new("gpt-image-2", "a fox", Size: "256x256"), Ct));
        await Assert.ThrowsAsync<ProviderException>(() => _bed.Vendor.TestAsync(endpoint, Ct));
    }

    [Fact]
    public async Task A_stream_that_falls_silent_ends_at_its_limit()
    {
        await simulator.FaultsAsync(new { key = "sk-silent", stallAfterEvents = 4 });

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => AskAsync(_hasty, "sk-silent", "/v1"))).Fault;

        Assert.Equal((ProviderStage.Stream, ProviderParty.Clock, ProviderFaultKind.Timeout), (fault.Stage, fault.Party, fault.Kind));
    }

    [Theory]
    [InlineData("/v1", """{"throttle":{"retryAfter":7}}""", ProviderFaultKind.Throttled, 7)]
    [InlineData("/v1", """{"throttle":{}}""", ProviderFaultKind.Throttled, 1)]
    [InlineData("/v1", """{"failStatus":429,"failCode":"insufficient_quota"}""", ProviderFaultKind.QuotaExhausted, null)]
    [InlineData("/v1", """{"failStatus":401}""", ProviderFaultKind.Unauthorized, null)]
    [InlineData("/vllm/v1", """{"failStatus":400}""", ProviderFaultKind.Rejected, null)]
    [InlineData("/llamacpp/v1", """{"failStatus":503}""", ProviderFaultKind.ServerError, null)]
    internal async Task A_refusal_says_whose_business_it_is_and_how_long_to_wait(string path, string setting, ProviderFaultKind kind, int? wait)
    {
        var key = $"sk-refused-{kind}-{wait}-{path.Length}";
        var faults = System.Text.Json.Nodes.JsonNode.Parse(setting)!.AsObject();
        faults["key"] = key;
        await simulator.FaultsAsync(faults);

        var fault = await FaultAsync(key, path);

        Assert.Equal((kind, ProviderStage.FirstByte), (fault.Kind, fault.Stage));
        Assert.Equal(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, fault.RetryAfter);
    }

    [Fact]
    public async Task Arguments_that_are_no_json_are_handed_on_as_they_are()
    {
        await simulator.FaultsAsync(new { key = "sk-tool", reply = new { toolArguments = "{\"city\": \"S" } });
        var request = new ChatRequest("gpt-4o", [System.Text.Json.JsonElement.Parse("""{"role":"user","content":"Hi"}""")], null,
            System.Text.Json.JsonElement.Parse("""{"tools":[{"type":"function","function":{"name":"weather"}}]}"""));

        var answer = new ChatAnswer(await _bed.Vendor.Chat(_bed.Endpoint("sk-tool")).StreamAsync(request, Ct).ToListAsync(Ct));

        Assert.Equal("{\"city\": \"S", Assert.Single(answer.ToolCalls()).Arguments);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_noticed_by_the_vendor()
    {
        await simulator.FaultsAsync(new { key = "sk-left", stallAfterEvents = 4 });

        await foreach (var _ in _bed.Vendor.Chat(_bed.Endpoint("sk-left")).StreamAsync(Hello, Ct)) break;

        Assert.Equal("callerGone", Assert.Single(await simulator.BookWhenAsync("sk-left", book => book.All(call => call.End != "running"))).End);
    }

    private static ChatRequest Hello => new("gpt-4o-mini", [System.Text.Json.JsonElement.Parse("""{"role":"user","content":"Good morning, 世界 🎉"}""")]);

    private async Task<ProviderFault> FaultAsync(string key, string path = "/v1") =>
        (await Assert.ThrowsAsync<ProviderException>(() => AskAsync(_bed, key, path))).Fault;

    private Task<ChatAnswer> AskAsync(string key) => AskAsync(_bed, key, "/v1");

    private static async Task<ChatAnswer> AskAsync(OpenAiVendorBed bed, string key, string path) =>
        new(await bed.Vendor.Chat(bed.Endpoint(key, path)).StreamAsync(Hello, Ct).ToListAsync(Ct));
}
