using System.Text.Json;
using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>The shipped files, and the guide's, against services that answer as theirs do.</summary>
public sealed class DeclarativeProvidersTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deepgram_speaks()
    {
        using var bed = Bed("deepgram");
        var speech = bed.Vendor.Speech(bed.Endpoint("deepgram", _key))!;

        var spoken = new SpokenSegment(await speech.SynthesizeAsync(new SpeechSynthesis("Good morning.", "aura-2", "aura-2-thalia-en", "en", 1), Ct).ToListAsync(Ct));

        Assert.Equal(24_000, spoken.SampleRate);
        Assert.True(spoken.Chunks.Sum(chunk => chunk.Pcm.Length) > 10_000);
        Assert.Equal(13, spoken.Chunks[^1].Usage!.Characters);
        var call = Assert.Single(await simulator.BookAsync(_key));
        Assert.Equal(("aura-2-thalia-en", """{"text":"Good morning."}"""), (call.Voice, call.Body));
    }

    [Fact]
    public async Task Deepgram_listens()
    {
        using var bed = Bed("deepgram");
        var ears = bed.Vendor.Transcription(bed.Endpoint("deepgram", _key))!;

        var heard = await ears.TranscribeAsync(new TranscriptionRequest("nova-3", new MediaInput(new byte[4000], "audio/wav", "a.wav"), 2, "de"), Ct);

        Assert.Equal(("Good morning.", "de", 1.5m, UsageSource.Provider), (heard.Text, heard.Language, heard.Usage.Seconds, heard.Usage.Source));
        Assert.Equal([new TranscriptWord(0.1, 0.5, "good"), new TranscriptWord(0.5, 1.2, "morning")], heard.Words);
        Assert.Equal([new TranscriptSegment(0.1, 1.2, "Good morning.")], heard.Segments);
        Assert.Equal("audio/wav 4000", Assert.Single(await simulator.BookAsync(_key)).Body);
    }

    [Fact]
    public async Task Replicate_paints_by_a_task_and_the_pictures_are_fetched_without_the_key()
    {
        using var bed = Bed("replicate");
        var painter = bed.Vendor.Images(bed.Endpoint("replicate", _key))!;

        var made = await painter.GenerateAsync(new ImageRequest("black-forest-labs/flux-schnell", "A boat", Count: 2, Size: "1344x768"), Ct);

        Assert.Equal(["image/png", "image/png"], made.Images.Select(image => image.MimeType));
        Assert.Equal(2, made.Usage.Count);
        Assert.Equal(
            """{"version":"black-forest-labs/flux-schnell","input":{"prompt":"A boat","num_outputs":2,"aspect_ratio":"16:9","output_format":"webp"}}""",
            (await simulator.BookAsync(_key))[0].Body);
    }

    [Fact]
    public async Task A_task_that_fails_is_judged_by_the_mapping()
    {
        using var bed = Bed("replicate");
        var painter = bed.Vendor.Images(bed.Endpoint("replicate", _key))!;

        var refused = await FaultAsync(() => painter.GenerateAsync(new ImageRequest("x/y", "[fail:NSFW content detected]"), Ct));
        var failed = await FaultAsync(() => painter.GenerateAsync(new ImageRequest("x/y", "[fail:out of memory]"), Ct));

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Caller, false), (refused.Kind, refused.Party, refused.Retryable));
        Assert.Equal(ProviderFaultKind.ServerError, failed.Kind);
        Assert.DoesNotContain("memory", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicate_films_and_a_film_can_be_called_off()
    {
        using var bed = Bed("replicate");
        var films = bed.Vendor.Videos(bed.Endpoint("replicate", _key))!;

        var task = await films.SubmitAsync(new VideoRequest("minimax/video-01", "Rain [stale]", new MediaInput("png"u8.ToArray(), "image/png", "a.png")), Ct);
        while ((task = await films.PollAsync(task.Id, Ct)).State != VideoTaskState.Succeeded) Assert.NotEqual(VideoTaskState.Failed, task.State);
        await using var film = await films.FetchAsync(task, VideoVariant.Video, Ct); // its first link is stale, and another is asked for

        var start = new byte[12];
        await film.ReadExactlyAsync(start, Ct);
        Assert.Equal("video/mp4", MadeMedia.MimeType(start));
        Assert.Contains("\"first_frame_image\":\"data:image/png;base64,cG5n\"", (await simulator.BookAsync(_key))[0].Body, StringComparison.Ordinal);

        var other = await films.SubmitAsync(new VideoRequest("minimax/video-01", "Snow"), Ct);
        Assert.True(await films.CancelAsync(other.Id, Ct));
        Assert.Equal(VideoTaskState.Failed, (await films.PollAsync(other.Id, Ct)).State);
    }

    [Fact]
    public async Task Lumen_talks_in_lines()
    {
        using var bed = Bed("lumen");
        var options = JsonElement.Parse("""{"temperature":0.5,"limit":1}""");

        var deltas = await bed.Vendor.Chat(bed.Endpoint("lumen", _key))!.StreamAsync(
            new ChatRequest("lumen-words", [Message("system", "Be short."), Message("user", "Good morning")], Options: options), Ct).ToListAsync(Ct);

        Assert.Equal("You said: Good morning ", string.Concat(deltas.Select(delta => delta.Text)));
        Assert.True(deltas.Count > 3);
        Assert.Equal(("stop", 7L, 4L, UsageSource.Provider), (deltas[^1].FinishReason, deltas[^1].Usage!.InputTokens, deltas[^1].Usage!.OutputTokens, deltas[^1].Usage!.Source));
        Assert.Equal(
            """{"model":"lumen-words","system":"Be short.","turns":[{"role":"user","content":"Good morning"}],"limit":500,"temperature":0.5}""",
            Assert.Single(await simulator.BookAsync(_key)).Body);
    }

    [Fact]
    public async Task Anthropic_talks_in_events_of_its_own()
    {
        using var bed = Bed("anthropic");
        var chat = bed.Vendor.Chat(bed.Endpoint("anthropic", _key))!;
        var options = JsonElement.Parse("""{"temperature":0.5,"stop":"END","user":"u"}""");

        var deltas = await chat.StreamAsync(
            new ChatRequest("claude-haiku-4-5", [Message("system", "Be short."), JsonElement.Parse("""{"role":"user","content":[{"type":"text","text":"Good "},{"type":"text","text":"morning"}]}""")], 50, options), Ct).ToListAsync(Ct);

        Assert.Equal("You said: Good morning", string.Concat(deltas.Select(delta => delta.Text)));
        Assert.Equal(("stop", 9L, 4L), (deltas[^1].FinishReason, deltas[^1].Usage!.InputTokens, deltas[^1].Usage!.OutputTokens));
        Assert.Equal(
            """{"model":"claude-haiku-4-5","max_tokens":50,"system":"Be short.","messages":[{"role":"user","content":"Good morning"}],"temperature":0.5,"stop_sequences":["END"],"stream":true}""",
            Assert.Single(await simulator.BookAsync(_key)).Body);
        Assert.Equal((false, true, true, true, 3), (chat.Reach.Tools, chat.Reach.Turns, chat.Reach.System, chat.Reach.Limit, chat.Reach.Options!.Count));
    }

    [Fact]
    public async Task Replicate_talks_by_a_task_in_a_list_of_pieces()
    {
        using var bed = Bed("replicate");
        var chat = bed.Vendor.Chat(bed.Endpoint("replicate", _key))!;

        var delta = Assert.Single(await chat.StreamAsync(new ChatRequest("meta/meta-llama-3-70b-instruct", [Message("system", "Be short."), Message("user", "Good morning")], 50), Ct).ToListAsync(Ct));

        Assert.Equal(("You said: Good morning", "stop", 5L, 4L), (delta.Text, delta.FinishReason, delta.Usage!.InputTokens, delta.Usage.OutputTokens));
        Assert.Equal(
            """{"version":"meta/meta-llama-3-70b-instruct","input":{"prompt":"Good morning","system_prompt":"Be short.","max_tokens":50}}""",
            (await simulator.BookAsync(_key))[0].Body);
        Assert.Equal((false, true), (chat.Reach.Turns, chat.Reach.System));
    }

    [Fact]
    public async Task A_stream_that_begins_with_an_error_is_judged_by_the_mapping()
    {
        using var bed = Bed("anthropic");
        var chat = bed.Vendor.Chat(bed.Endpoint("anthropic", _key))!;

        var fault = await FaultAsync(async () => await chat.StreamAsync(new ChatRequest("claude-haiku-4-5", [Message("user", "[overloaded]")]), Ct).ToListAsync(Ct));

        Assert.Equal((ProviderFaultKind.ServerError, ProviderStage.FirstByte, true), (fault.Kind, fault.Stage, fault.Retryable));
    }

    [Theory]
    [InlineData("Hello [cut]", ProviderFaultKind.Interrupted, ProviderStage.Stream)]
    [InlineData("Hello [break]", ProviderFaultKind.Interrupted, ProviderStage.Stream)]
    internal async Task A_conversation_that_breaks_off_is_not_taken_for_whole(string words, ProviderFaultKind kind, ProviderStage stage)
    {
        using var bed = Bed("lumen");
        var chat = bed.Vendor.Chat(bed.Endpoint("lumen", _key))!;

        var fault = await FaultAsync(async () => await chat.StreamAsync(new ChatRequest("lumen-words", [Message("user", words)]), Ct).ToListAsync(Ct));

        Assert.Equal((kind, stage), (fault.Kind, fault.Stage));
    }

    [Fact]
    public async Task Lumen_counts_in_vectors()
    {
        using var bed = Bed("lumen");

        var answer = await bed.Vendor.Embeddings(bed.Endpoint("lumen", _key))!.EmbedAsync("lumen-vectors", ["one", "three"], null, Ct);

        Assert.Equal([[3f, 0.5f, -0.25f, 1f], [5f, 0.5f, -0.25f, 1f]], answer.Vectors.Select(vector => vector.ToArray()));
        Assert.Equal(6, answer.Usage.InputTokens);
    }

    [Fact]
    public async Task Lumen_paints_and_says_what_it_costs()
    {
        using var bed = Bed("lumen");

        var made = await bed.Vendor.Images(bed.Endpoint("lumen", _key))!.GenerateAsync(new ImageRequest("lumen-brush", "Dusk", Size: "1536x1024"), Ct);

        Assert.Equal("image/png", Assert.Single(made.Images).MimeType);
        Assert.Equal(15_000, made.Usage.CostMicroUsd);
        Assert.Contains("\"shape\":\"wide\"", (await simulator.BookAsync(_key))[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, null, ProviderFaultKind.Unauthorized, false)]
    [InlineData(400, "no_money", ProviderFaultKind.QuotaExhausted, false)]
    [InlineData(400, "against our Policy", ProviderFaultKind.Rejected, false)]
    [InlineData(500, null, ProviderFaultKind.ServerError, true)]
    [InlineData(418, null, ProviderFaultKind.Rejected, false)]
    internal async Task A_refusal_is_mapped_by_its_words_and_then_by_its_status(int status, string? code, ProviderFaultKind kind, bool retryable)
    {
        using var bed = Bed("lumen");
        await simulator.FaultsAsync(new { key = _key, failStatus = status, failCode = code });

        var fault = await FaultAsync(() => bed.Vendor.Embeddings(bed.Endpoint("lumen", _key))!.EmbedAsync("m", ["x"], null, Ct));

        Assert.Equal((kind, retryable), (fault.Kind, fault.Retryable));
        Assert.Single(await simulator.BookAsync(_key));
    }

    [Fact]
    public async Task A_refusal_inside_a_good_status_is_one_all_the_same()
    {
        using var bed = Bed("lumen");
        var painter = bed.Vendor.Images(bed.Endpoint("lumen", _key))!;

        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => painter.GenerateAsync(new ImageRequest("lumen-brush", "x", Size: "1x1"), Ct))).Kind);
    }

    [Fact]
    public async Task Throttling_says_how_long()
    {
        using var bed = Bed("replicate");
        await simulator.FaultsAsync(new { key = _key, throttle = new { retryAfter = 7 } });

        var fault = await FaultAsync(() => bed.Vendor.Images(bed.Endpoint("replicate", _key))!.GenerateAsync(new ImageRequest("x/y", "x"), Ct));

        Assert.Equal((ProviderFaultKind.Throttled, TimeSpan.FromSeconds(7)), (fault.Kind, fault.RetryAfter));
    }

    [Theory]
    [InlineData("html", ProviderFaultKind.ServerError)]
    [InlineData("json", ProviderFaultKind.InvalidResponse)]
    [InlineData("empty", ProviderFaultKind.InvalidResponse)]
    [InlineData("redirect", ProviderFaultKind.Redirected)]
    [InlineData("oddByte", ProviderFaultKind.InvalidResponse)]
    internal async Task A_broken_answer_is_a_failure_of_a_known_kind(string malformed, ProviderFaultKind kind)
    {
        using var bed = Bed("lumen");
        await simulator.FaultsAsync(new { key = _key, malformed });

        Assert.Equal(kind, (await FaultAsync(() => bed.Vendor.Embeddings(bed.Endpoint("lumen", _key))!.EmbedAsync("m", ["x"], null, Ct))).Kind);
    }

    [Fact]
    public async Task A_good_key_passes_its_test_and_a_wrong_one_does_not()
    {
        using var bed = Bed("deepgram").Shipped("replicate", simulator.Host).Shipped("anthropic", simulator.Host).Shipped("lumen", simulator.Host);
        foreach (var name in new[] { "deepgram", "replicate", "anthropic", "lumen" })
        {
            await bed.Vendor.TestAsync(bed.Endpoint(name, _key), Ct);
            Assert.Equal(ProviderFaultKind.Unauthorized, (await FaultAsync(() => bed.Vendor.TestAsync(bed.Endpoint(name, "nobody's"), Ct))).Kind);
        }
    }

    [Fact]
    public void What_a_file_does_not_describe_is_not_there()
    {
        using var bed = Bed("deepgram");
        var endpoint = bed.Endpoint("deepgram", _key);

        Assert.Null(bed.Vendor.Chat(endpoint));
        Assert.Null(bed.Vendor.Videos(endpoint));
        Assert.Null(bed.Vendor.Speech(endpoint with { Provider = "gone" }));
    }

    private static JsonElement Message(string role, string content) => JsonSerializer.SerializeToElement(new { role, content });

    private static async Task<ProviderFault> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<ProviderException>(call)).Fault;

    private DeclarativeTestBed Bed(string name) => new DeclarativeTestBed(simulator.Host).Shipped(name, simulator.Host);
}
