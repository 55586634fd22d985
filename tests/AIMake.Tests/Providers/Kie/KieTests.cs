using System.Text;
using AIMake.Providers;
using AIMake.Providers.Kie;
using AIMake.Tests.Platform.Outbound;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Kie;

/// <summary>What is kie.ai's own, on the wire and against the simulator.</summary>
public sealed class KieTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private static readonly MediaInput Png = new("png!"u8.ToArray(), "image/png", "first.png");
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_has_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(new VideoRequest("veo3_fast", "A paper boat", Resolution: "720p", Ratio: "9:16", Seconds: 8, Options: new Dictionary<string, string> { ["seed"] = "12345", ["callBackUrl"] = "https://app.dev/h" }));

        Assert.Equal(
            ["POST /api/v1/veo/generate HTTP/1.1", "Authorization: Bearer canary", "Content-Length: 206", "Content-Type: application/json", "Host: HOST", "User-Agent: AIMake/0.1.0"],
            Wire.Head(request));
        Assert.Equal(
            """{"prompt":"A paper boat","model":"veo3_fast","generationType":"TEXT_2_VIDEO","aspect_ratio":"9:16","duration":8,"resolution":"720p","seeds":12345,"enableTranslation":false,"callBackUrl":"https://app.dev/h"}""",
            Wire.Body(request));
    }

    [Fact]
    public async Task What_was_not_asked_for_is_left_to_the_vendor() =>
        Assert.Equal("""{"prompt":"x","model":"veo3","generationType":"TEXT_2_VIDEO","enableTranslation":false}""", Wire.Body(await SentAsync(new VideoRequest("veo3", "x"))));

    [Fact]
    public async Task A_first_frame_is_uploaded_and_ordered_with()
    {
        using var bed = new KieTestBed(simulator.Host);

        await bed.Videos(_key).SubmitAsync(new VideoRequest("veo3_fast", "x", Png), Ct);

        var book = await simulator.BookAsync(_key);
        Assert.Equal(["/kie-files/api/file-base64-upload", "/kie/api/v1/veo/generate"], book.Select(call => call.Path));
        Assert.Matches("^aimake/[0-9a-f]{32}\\.png ", book[0].Body);
        Assert.Contains("\"generationType\":\"FIRST_AND_LAST_FRAMES_2_VIDEO\",\"imageUrls\":[\"http://", book[1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(401, ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(402, ProviderFaultKind.QuotaExhausted, ProviderParty.Us, false)]
    [InlineData(404, ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(422, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(429, ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(451, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(455, ProviderFaultKind.Unavailable, ProviderParty.Provider, true)]
    [InlineData(500, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    [InlineData(501, ProviderFaultKind.ServerError, ProviderParty.Provider, false)]
    [InlineData(505, ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(777, ProviderFaultKind.InvalidResponse, ProviderParty.Provider, false)]
    internal async Task A_code_counts_behind_whichever_status(int code, ProviderFaultKind kind, ProviderParty party, bool retryable)
    {
        using var bed = new KieTestBed(simulator.Host);
        foreach (var failCode in new[] { "Refused", "status" })
        {
            if (code == 777 && failCode == "status") continue; // no HTTP status
            await simulator.FaultsAsync(new { key = _key, failStatus = code, failCode });

            var fault = await FaultAsync(() => bed.Videos(_key).SubmitAsync(new VideoRequest("veo3_fast", "x"), Ct));

            Assert.Equal((kind, party, retryable), (fault.Kind, fault.Party, fault.Retryable));
        }
    }

    [Fact]
    public async Task The_twenty_first_order_within_ten_seconds_is_throttled()
    {
        using var bed = new KieTestBed(simulator.Host);
        for (var i = 0; i < 20; i++) await bed.Videos(_key).SubmitAsync(new VideoRequest("veo3_fast", "x"), Ct);

        var fault = await FaultAsync(() => bed.Videos(_key).SubmitAsync(new VideoRequest("veo3_fast", "x"), Ct));

        Assert.Equal((ProviderFaultKind.Throttled, TimeSpan.FromSeconds(10)), (fault.Kind, fault.RetryAfter));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("x [text]")]
    [InlineData("x [stale]")]
    public async Task A_clip_is_fetched_however_its_link_is_written(string prompt)
    {
        using var bed = new KieTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var made = await EndAsync(films, await films.SubmitAsync(new VideoRequest("veo3_fast", prompt, Seconds: 4), Ct));

        Assert.Equal("video/mp4", await TypeAsync(films, made, VideoVariant.Video));
    }

    [Fact]
    public async Task In_1080p_it_is_ready_a_little_later()
    {
        using var bed = new KieTestBed(simulator.Host);
        var films = bed.Videos(_key);
        var made = await EndAsync(films, await films.SubmitAsync(new VideoRequest("veo3_fast", "x", Seconds: 4), Ct));

        for (var i = 0; i < 2; i++)
        {
            var fault = await FaultAsync(() => films.FetchAsync(made, VideoVariant.Video1080, Ct));
            Assert.Equal((ProviderFaultKind.Unavailable, true, TimeSpan.FromSeconds(20)), (fault.Kind, fault.Retryable, fault.RetryAfter));
        }

        Assert.Equal("video/mp4", await TypeAsync(films, made, VideoVariant.Video1080));
    }

    [Fact]
    public async Task Ordered_in_1080p_it_is_the_clip_itself()
    {
        using var bed = new KieTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var made = await EndAsync(films, await films.SubmitAsync(new VideoRequest("veo3", "x", Resolution: "1080p", Seconds: 4), Ct));

        Assert.Equal(made.Links[VideoVariant.Video], made.Links[VideoVariant.Video1080]);
    }

    [Theory]
    [InlineData("400", ProviderFaultKind.Rejected)]
    [InlineData("501", ProviderFaultKind.ServerError)]
    [InlineData("2", ProviderFaultKind.InvalidResponse)]
    [InlineData("policy", ProviderFaultKind.ServerError)]
    internal async Task A_failed_task_says_why_behind_a_good_envelope(string code, ProviderFaultKind kind)
    {
        using var bed = new KieTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var failed = await EndAsync(films, await films.SubmitAsync(new VideoRequest("veo3_fast", $"x [fail:{code}]"), Ct));

        Assert.Equal((VideoTaskState.Failed, kind), (failed.State, failed.Fault!.Kind));
        Assert.DoesNotContain("flagged", failed.Fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_tried_on_the_balance()
    {
        using var bed = new KieTestBed(simulator.Host);

        await bed.Vendor.TestAsync(bed.Endpoint(_key), Ct);
        Assert.Equal(ProviderFaultKind.Unauthorized, (await FaultAsync(() => bed.Vendor.TestAsync(bed.Endpoint("nobody"), Ct))).Kind);
    }

    [Theory]
    [MemberData(nameof(Nonsense.Names), MemberType = typeof(Nonsense))]
    public async Task Nonsense_is_told_as_such(string name)
    {
        await Nonsense.MeetAsync(name, async host =>
        {
            using var bed = new KieTestBed(host);
            await bed.Videos(_key, "").PollAsync("veo_task_1", Ct);
        });
    }

    [Theory]
    [InlineData("""{"code":200,"data":{"successFlag":1,"response":{"resultUrls":[]}}}""")]
    [InlineData("""{"code":200,"data":{"successFlag":1,"response":{"resultUrls":"[not json"}}}""")]
    [InlineData("""{"code":200,"data":{"successFlag":1,"response":{"resultUrls":["file:///etc/passwd"]}}}""")]
    [InlineData("""{"code":200,"data":{"successFlag":1,"taskId":"another"}}""")]
    [InlineData("""{"code":200,"data":{"successFlag":"1"}}""")]
    [InlineData("""{"code":200,"data":null}""")]
    [InlineData("""{"msg":"success","data":{"successFlag":1}}""")]
    public async Task A_record_that_does_not_hold_what_it_should_is_invalid(string answer)
    {
        await using var server = new RawServer(Wire.Json(answer));
        using var bed = new KieTestBed(server.Host);

        Assert.Equal(ProviderFaultKind.InvalidResponse, (await FaultAsync(() => bed.Videos(_key, "").PollAsync("veo_task_1", Ct))).Kind);
    }

    [Fact]
    public async Task Older_answers_keep_their_links_elsewhere()
    {
        await using var server = new RawServer(Wire.Json("""{"code":200,"data":{"successFlag":1,"resultUrls":"[\"https://tempfile.dev/a.mp4\"]"}}"""));
        using var bed = new KieTestBed(server.Host);

        Assert.Equal("https://tempfile.dev/a.mp4", (await bed.Videos(_key, "").PollAsync("veo_task_1", Ct)).Links[VideoVariant.Video].AbsoluteUri);
    }

    [Theory]
    [InlineData("""{"code":200,"msg":"ok","data":{"taskId":"veo_task_1","info":{"resultUrls":["https://x.dev/a.mp4"]}}}""", "veo_task_1", 200L)]
    [InlineData("""{"code":501,"msg":"no","data":{"task_id":"veo_task_1"}}""", "veo_task_1", 501L)]
    public void A_notice_names_its_task(string body, string task, long code)
    {
        var notice = KieCallback.Read(Encoding.UTF8.GetBytes(body))!;

        Assert.Equal((task, code, code == 200), (notice.TaskId, notice.Code, notice.Succeeded));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"code\":200,\"data\":{\"taskId\":\"../x\"}}")]
    [InlineData("{\"code\":\"200\",\"data\":{\"taskId\":\"a\"}}")]
    [InlineData("{\"code\":200,\"code\":501,\"data\":{\"taskId\":\"a\"}}")]
    [InlineData("{\"code\":200,\"data\":null}")]
    [InlineData("{\"code\":200,\"\\ud83d\":1,\"data\":{\"taskId\":\"a\"}}")]
    [InlineData("{\"code\":200,\"data\":{\"taskId\":\"\\ud83d\"}}")]
    public void What_is_no_notice_is_none(string body) => Assert.Null(KieCallback.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_signature_is_for_one_task_and_five_minutes()
    {
        const string key = "kie-test-hmac-key";
        const string signature = "qkCnuQUWRUV7880Xrqn/4H82+BUdW1Z84jpm2hlkRmo=";
        var then = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

        Assert.True(KieCallback.IsSigned("veo_task_abc123", "1750000000", signature, key, then.AddMinutes(5)));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000000", signature, key, then.AddSeconds(301)));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000000", signature, key, then.AddSeconds(-301)));
        Assert.False(KieCallback.IsSigned("veo_task_abc124", "1750000000", signature, key, then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000001", signature, key, then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000000", signature, "", then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000000", "", key, then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", null, null, key, then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "9223372036854775807", signature, key, then));
        Assert.False(KieCallback.IsSigned("veo_task_abc123", "1750000000", new string('A', 400), key, then));
    }

    [Fact]
    public async Task The_notices_it_sends_are_read_and_their_signature_holds()
    {
        await using var listener = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var bed = new KieTestBed(simulator.Host);
        var films = bed.Videos(_key);

        var task = await EndAsync(films, await films.SubmitAsync(
            new VideoRequest("veo3_fast", "x [twice] [signed]", Options: new Dictionary<string, string> { ["callBackUrl"] = $"http://{listener.Host}/hook" }), Ct));

        Assert.Equal(2, listener.Requests.Count);
        foreach (var request in listener.Requests)
        {
            var headers = Wire.Head(request).Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            Assert.Equal(task.Id, KieCallback.Read(Encoding.UTF8.GetBytes(Wire.Body(request)))!.TaskId);
            Assert.True(KieCallback.IsSigned(task.Id, headers[KieCallback.TimestampHeader], headers[KieCallback.SignatureHeader], "kie-test-hmac-key", TimeProvider.System.GetUtcNow()));
        }
    }

    private static async Task<string> SentAsync(VideoRequest request)
    {
        await using var server = new RawServer(Wire.Json("""{"code":200,"msg":"success","data":{"taskId":"veo_task_1"}}"""));
        using var bed = new KieTestBed(server.Host);
        await bed.Videos("canary", "").SubmitAsync(request, Ct);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static async Task<VideoTask> EndAsync(IVideoProvider films, VideoTask task)
    {
        while (task.State is VideoTaskState.Queued or VideoTaskState.Running) task = await films.PollAsync(task.Id, Ct);
        return task;
    }

    private static async Task<string?> TypeAsync(IVideoProvider films, VideoTask task, VideoVariant variant)
    {
        await using var film = await films.FetchAsync(task, variant, Ct);
        var start = new byte[12];
        await film.ReadExactlyAsync(start, Ct);
        return MadeMedia.MimeType(start);
    }

    private static async Task<ProviderFault> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<ProviderException>(call)).Fault;
}
