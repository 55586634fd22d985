using AIMake.Providers;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Outbound;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Runway;

/// <summary>What is Runway's own, on the wire and against the simulator.</summary>
public sealed class RunwayTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private const string Id = "5f0a3c52-7a0e-4d0e-9a63-2b0c7c9f5a11";
    private static readonly MediaInput Png = new("png!"u8.ToArray(), "image/png", "first.png");

    private readonly string _key = RunwayTestBed.NewKey();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_has_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(new VideoRequest("gen4_turbo", "slow push-in", Png, Ratio: "9:16", Seconds: 5, Options: new Dictionary<string, string> { ["seed"] = "4211", ["publicFigureThreshold"] = "auto", ["avatar"] = "x" }));

        Assert.Equal(
            [
                "POST /v1/image_to_video HTTP/1.1",
                "Authorization: Bearer key_canary",
                "Content-Length: 194",
                "Content-Type: application/json",
                "Host: HOST",
                "User-Agent: AIMake/0.1.0",
                "X-Runway-Version: 2024-11-06",
            ],
            Wire.Head(request));
        Assert.Equal(
            """{"model":"gen4_turbo","promptImage":"data:image/png;base64,cG5nIQ==","promptText":"slow push-in","ratio":"720:1280","duration":5,"seed":4211,"contentModeration":{"publicFigureThreshold":"auto"}}""",
            Wire.Body(request));
    }

    [Theory]
    [InlineData("gen4.5", null, null, null, """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":5}""")]
    [InlineData("gen4.5", "21:9", "720p", 7, """{"model":"gen4.5","promptText":"x","ratio":"1584:672","duration":7}""")]
    [InlineData("veo3.1", "9:16", "1080p", 8, """{"model":"veo3.1","promptText":"x","ratio":"1080:1920","duration":8}""")]
    [InlineData("veo3.1_fast", "16:9", "1080p", null, """{"model":"veo3.1_fast","promptText":"x","ratio":"1920:1080"}""")]
    [InlineData("gen4.5", "960:960", null, 2, """{"model":"gen4.5","promptText":"x","ratio":"960:960","duration":2}""")]
    public async Task Ratios_are_told_in_pixels(string model, string? ratio, string? resolution, int? seconds, string body)
    {
        var request = await SentAsync(new VideoRequest(model, "x", Ratio: ratio, Resolution: resolution, Seconds: seconds));

        Assert.StartsWith("POST /v1/text_to_video HTTP/1.1", request, StringComparison.Ordinal);
        Assert.Equal(body, Wire.Body(request));
    }

    [Theory]
    [InlineData("SAFETY.INPUT.TEXT", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("SAFETY.OUTPUT.VIDEO", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("ASSET.INVALID", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("THIRD_PARTY.INPUT_VALIDATION", ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData("THIRD_PARTY.UNAVAILABLE", ProviderFaultKind.Unavailable, ProviderParty.Provider, true)]
    [InlineData("INTERNAL", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData("INTERNAL.BAD_OUTPUT.01", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData("INPUT_PREPROCESSING.INTERNAL", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData("", ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData("SOMETHING.NEW", ProviderFaultKind.ServerError, ProviderParty.Provider, false)]
    internal async Task A_failure_code_is_told_by_its_beginning(string code, ProviderFaultKind kind, ProviderParty party, bool retryable)
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var task = await EndAsync(films, await films.SubmitAsync(new VideoRequest("gen4.5", $"x [fail:{code}]"), Ct));

        Assert.Equal((kind, party, retryable), (task.Fault!.Kind, task.Fault.Party, task.Fault.Retryable));
        Assert.Equal(0, task.Usage!.CostMicroUsd);
        Assert.DoesNotContain("generation did not work", task.Fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_costs_is_what_the_vendor_says()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var ordered = await films.SubmitAsync(new VideoRequest("gen4.5", "x", Seconds: 3), Ct);
        var made = await EndAsync(films, ordered);

        Assert.Equal((360_000L, UsageSource.Estimated), (ordered.Usage!.CostMicroUsd, ordered.Usage.Source));
        Assert.Equal((360_000L, UsageSource.Provider), (made.Usage!.CostMicroUsd, made.Usage.Source));
    }

    [Fact]
    public async Task A_stale_link_is_renewed()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var films = bed.Videos(_key);
        var made = await EndAsync(films, await films.SubmitAsync(new VideoRequest("gen4.5", "x [stale]", Seconds: 2), Ct));

        await using var film = await films.FetchAsync(made, VideoVariant.Video, Ct);

        var start = new byte[12];
        await film.ReadExactlyAsync(start, Ct);
        Assert.Equal("video/mp4", MadeMedia.MimeType(start));
    }

    [Fact]
    public async Task A_third_task_of_a_model_is_throttled_and_that_is_no_failure()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var films = bed.Videos(_key);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add((await films.SubmitAsync(new VideoRequest("gen4.5", $"{i}"), Ct)).Id);

        foreach (var id in ids[..2])
            for (var ask = 0; ask < 2; ask++) await films.PollAsync(id, Ct);
        await films.PollAsync(ids[2], Ct);

        Assert.Equal(VideoTaskState.Queued, (await films.PollAsync(ids[2], Ct)).State);
    }

    [Fact]
    public async Task A_canceled_task_is_gone()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var films = bed.Videos(_key);
        var ordered = await films.SubmitAsync(new VideoRequest("gen4.5", "x"), Ct);

        Assert.True(await films.CancelAsync(ordered.Id, Ct));
        Assert.False(await films.CancelAsync(ordered.Id, Ct));
        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => films.PollAsync(ordered.Id, Ct))).Kind);
    }

    [Fact]
    public async Task An_empty_balance_is_told_from_a_bad_request()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        await simulator.FaultsAsync(new { key = _key, failStatus = 400, failCode = "no_credits" });

        var fault = await FaultAsync(() => bed.Videos(_key).SubmitAsync(new VideoRequest("gen4.5", "x"), Ct));

        Assert.Equal((ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false), (fault.Kind, fault.Party, fault.Retryable));
    }

    [Theory]
    [InlineData("gen3a_turbo", "x", "16:9", 5)]
    [InlineData("gen4_turbo", "x", "16:9", 5)]
    [InlineData("gen4.5", "", "16:9", 5)]
    [InlineData("gen4.5", "x", "5:4", 5)]
    [InlineData("gen4.5", "x", "16:9", 11)]
    public async Task What_it_does_not_take_is_the_callers_to_change(string model, string prompt, string ratio, int seconds)
    {
        using var bed = new RunwayTestBed(simulator.Host);

        var fault = await FaultAsync(() => bed.Videos(_key).SubmitAsync(new VideoRequest(model, prompt, Ratio: ratio, Seconds: seconds), Ct));

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Caller), (fault.Kind, fault.Party));
    }

    [Fact]
    public async Task A_large_picture_is_uploaded_and_its_file_is_the_last_part()
    {
        using var bed = new RunwayTestBed(simulator.Host);
        var large = Png with { Bytes = new byte[4 << 20] };

        await bed.Videos(_key).SubmitAsync(new VideoRequest("gen4_turbo", "x", large, Seconds: 5), Ct);

        var book = await simulator.BookAsync();
        var calls = book.SkipWhile(call => call.Key != _key).Take(3).Select(call => (call.Path, call.Key == _key)).ToArray();
        Assert.Equal([("/runway/v1/uploads", true), ("/runway-uploads", false), ("/runway/v1/image_to_video", true)], calls);
        Assert.Contains("\"promptImage\":\"runway://", book[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_is_ordered_waited_for_and_fetched()
    {
        var time = new ManualTime(jumps: true);
        using var bed = new RunwayTestBed(simulator.Host, time);

        var made = await bed.Images(_key).GenerateAsync(new ImageRequest("gen4_image", "A hat [stale]", Size: "1280x720", Sources: [Png]), Ct);

        Assert.Equal("image/png", Assert.Single(made.Images).MimeType);
        Assert.Equal((50_000L, 1), (made.Usage.CostMicroUsd, made.Usage.Count));
        Assert.Equal(3, time.Waits.Count(wait => wait == TimeSpan.FromSeconds(5)));
        Assert.Equal(
            """{"model":"gen4_image","promptText":"A hat [stale]","ratio":"1280:720","referenceImages":[{"uri":"data:image/png;base64,cG5nIQ=="}]}""",
            (await simulator.BookAsync(_key))[0].Body);
    }

    [Fact]
    public async Task A_picture_that_is_refused_says_so()
    {
        using var bed = new RunwayTestBed(simulator.Host, new ManualTime(jumps: true));

        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => bed.Images(_key).GenerateAsync(new ImageRequest("gen4_image", "x [fail:SAFETY.INPUT.TEXT]"), Ct))).Kind);
        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => bed.Images(_key).GenerateAsync(new ImageRequest("gen4_image", "x", Count: 2), Ct))).Kind);
        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => bed.Images(_key).GenerateAsync(new ImageRequest("gen4_image_turbo", "x"), Ct))).Kind);
    }

    [Fact]
    public async Task A_key_is_tried_on_the_organisation()
    {
        using var bed = new RunwayTestBed(simulator.Host);

        await bed.Vendor.TestAsync(bed.Endpoint(_key), Ct);
        Assert.Equal(ProviderFaultKind.Unauthorized, (await FaultAsync(() => bed.Vendor.TestAsync(bed.Endpoint("sk-other"), Ct))).Kind);
        Assert.Equal("/runway/v1/organization", Assert.Single(await simulator.BookAsync(_key)).Path);
    }

    [Theory]
    [MemberData(nameof(Nonsense.Names), MemberType = typeof(Nonsense))]
    public async Task Nonsense_is_told_as_such(string name)
    {
        await Nonsense.MeetAsync(name, async host =>
        {
            using var bed = new RunwayTestBed(host);
            await bed.Videos(_key, "").PollAsync(Id, Ct);
        });
    }

    [Fact]
    public async Task An_order_whose_answer_is_lost_is_not_worth_another_try()
    {
        await using var server = new RawServer(Wire.Json("{\"id\":\"5f0a"));
        using var bed = new RunwayTestBed(server.Host);

        var fault = await FaultAsync(() => bed.Videos(_key, "").SubmitAsync(new VideoRequest("gen4.5", "x"), Ct));

        Assert.Equal((ProviderFaultKind.InvalidResponse, false), (fault.Kind, fault.Retryable));
        Assert.NotEqual(ProviderStage.Connect, fault.Stage);
    }

    private static async Task<string> SentAsync(VideoRequest request)
    {
        await using var server = new RawServer(Wire.Json($$"""{"id":"{{Id}}"}"""));
        using var bed = new RunwayTestBed(server.Host);
        await bed.Videos("key_canary", "").SubmitAsync(request, Ct);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static async Task<VideoTask> EndAsync(IVideoProvider films, VideoTask task)
    {
        while (task.State is VideoTaskState.Queued or VideoTaskState.Running) task = await films.PollAsync(task.Id, Ct);
        return task;
    }

    private static async Task<ProviderFault> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<ProviderException>(call)).Fault;
}
