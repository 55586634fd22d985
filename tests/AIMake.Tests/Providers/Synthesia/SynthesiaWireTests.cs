using AIMake.Providers;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Synthesia;

/// <summary>What goes over the wire, byte for byte, and what is made of what comes back.</summary>
public sealed class SynthesiaWireTests
{
    private const string Id = "3f1f6f0e-7f0e-4c65-9a4b-0f7a6f6b2d10";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Nonsenses => Nonsense.Names;

    [Fact]
    public async Task An_order_has_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(SynthesiaTestBed.Hello);

        Assert.Equal(
            ["POST /v2/videos HTTP/1.1", "Authorization: sk-canary", "Content-Length: 183", "Content-Type: application/json", "Host: HOST", "User-Agent: AIMake/0.1.0"],
            Wire.Head(request));
        Assert.Equal(
            """{"visibility":"private","aspectRatio":"16:9","input":[{"avatar":"anna_costume1_cameraA","background":"off_white","scriptText":"Hello.","avatarSettings":{"horizontalAlign":"center"}}]}""",
            Wire.Body(request));
    }

    [Fact]
    public async Task What_only_this_vendor_knows_travels_by_its_own_names_and_markup_travels_as_text()
    {
        var request = new VideoRequest("synthesia", "R&D <break time=\"9s\"/> 你好", Options: new Dictionary<string, string>
        {
            ["avatar"] = "mine_cameraB", ["background"] = "user.1", ["voice"] = "v-1", ["title"] = "Week 12", ["callbackId"] = "run-7", ["test"] = "true", ["unknown"] = "x",
        });

        Assert.Equal(
            """{"test":true,"title":"Week 12","visibility":"private","callbackId":"run-7","input":[{"avatar":"mine_cameraB","background":"user.1","scriptText":"R&amp;D &lt;break time=\"9s\"/&gt; 你好","avatarSettings":{"horizontalAlign":"center","voice":"v-1"}}]}""",
            Wire.Utf8Body(await SentAsync(request)));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public async Task An_installation_may_make_nothing_but_free_films(string setting, bool test)
    {
        await using var server = new RawServer(Wire.Json($$"""{"id":"{{Id}}","status":"in_progress"}"""));
        using var bed = new SynthesiaTestBed(server.Host);
        var endpoint = bed.Endpoint(path: "") with { Settings = new Dictionary<string, string> { ["Test"] = setting } };

        await bed.Vendor.Videos(endpoint).SubmitAsync(SynthesiaTestBed.Hello, Ct);

        Assert.Equal(test, Wire.Body(Assert.Single(server.Requests)).Contains("\"test\":true", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("in_progress", VideoTaskState.Running)]
    [InlineData("approved", VideoTaskState.Running)]
    [InlineData("some_new_word", VideoTaskState.Running)]
    [InlineData("error", VideoTaskState.Failed)]
    [InlineData("rejected", VideoTaskState.Failed)]
    [InlineData("deleted", VideoTaskState.Failed)]
    internal async Task A_word_of_the_vendors_becomes_a_state(string status, VideoTaskState state) =>
        Assert.Equal(state, (await PolledAsync($$"""{"id":"{{Id}}","status":"{{status}}"}""")).State);

    [Theory]
    [InlineData("0:00:47.000000", "47")]
    [InlineData("1:02:03.000001", "3723.001")]
    [InlineData("59", "0")]
    [InlineData("-1:00:00", "0")]
    [InlineData("99:99:99", "0")]
    public async Task A_length_is_read_where_it_is_one(string duration, string seconds) =>
        Assert.Equal(seconds, FormattableString.Invariant($"{(await PolledAsync($$"""{"id":"{{Id}}","status":"complete","download":"https://x.example/a.mp4","duration":"{{duration}}"}""")).Usage!.Seconds:0.###}"));

    [Theory]
    [InlineData("""{"id":"ID","status":"complete"}""")]
    [InlineData("""{"id":"ID","status":"complete","download":"file:///etc/passwd"}""")]
    [InlineData("""{"id":"ID","status":"complete","download":"javascript:alert(1)"}""")]
    [InlineData("""{"id":"another","status":"in_progress"}""")]
    [InlineData("""{"id":"../x","status":"in_progress"}""")]
    public async Task A_video_that_is_none_is_invalid(string body) =>
        Assert.Equal(ProviderFaultKind.InvalidResponse, (await Assert.ThrowsAsync<ProviderException>(() => PolledAsync(body.Replace("ID", Id, StringComparison.Ordinal)))).Fault.Kind);

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("https://localhost/x.mp4")]
    [InlineData("http://films.example.com/x.mp4")]
    public async Task A_link_to_where_nobody_should_go_is_not_followed(string link)
    {
        using var bed = new SynthesiaTestBed("127.0.0.1:1");
        var task = new VideoTask(Id, VideoTaskState.Succeeded, 1, new Dictionary<VideoVariant, Uri> { [VideoVariant.Video] = new(link) });

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => bed.Provider().FetchAsync(task, VideoVariant.Video, Ct))).Fault;

        Assert.Equal((ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Lost), (fault.Stage, fault.Party, fault.Kind));
    }

    [Fact]
    public async Task What_a_link_leads_to_has_to_be_a_film()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
        using var bed = new SynthesiaTestBed(server.Host);
        var task = new VideoTask(Id, VideoTaskState.Succeeded, 1, new Dictionary<VideoVariant, Uri> { [VideoVariant.Video] = new($"http://{server.Host}/x.mp4") });

        Assert.Equal(ProviderFaultKind.InvalidResponse, (await Assert.ThrowsAsync<ProviderException>(() => bed.Provider().FetchAsync(task, VideoVariant.Video, Ct))).Fault.Kind);
    }

    [Theory]
    [InlineData(400, ProviderFaultKind.Rejected, ProviderParty.Caller, false)]
    [InlineData(401, ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(403, ProviderFaultKind.Unauthorized, ProviderParty.Us, false)]
    [InlineData(404, ProviderFaultKind.Rejected, ProviderParty.Us, false)]
    [InlineData(429, ProviderFaultKind.Throttled, ProviderParty.Provider, true)]
    [InlineData(500, ProviderFaultKind.ServerError, ProviderParty.Provider, true)]
    internal async Task A_status_becomes_a_fault(int status, ProviderFaultKind kind, ProviderParty party, bool retryable)
    {
        await using var server = new RawServer($"HTTP/1.1 {status} Status\r\nRateLimit-Reset: 7\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{{\"error\":\"canary words\"}}");
        using var bed = new SynthesiaTestBed(server.Host);

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => bed.Provider().SubmitAsync(SynthesiaTestBed.Hello, Ct))).Fault;

        Assert.Equal(new ProviderFault(ProviderStage.FirstByte, party, kind, retryable, TimeSpan.FromSeconds(7), $"status {status}"), fault);
    }

    [Theory]
    [MemberData(nameof(Nonsenses))]
    public Task Nonsense_has_a_name(string name) => Nonsense.MeetAsync(name, async host =>
    {
        using var bed = new SynthesiaTestBed(host);
        await bed.Provider(path: "").SubmitAsync(SynthesiaTestBed.Hello, Ct);
    });

    private static async Task<string> SentAsync(VideoRequest request)
    {
        await using var server = new RawServer(Wire.Json($$"""{"id":"{{Id}}","status":"in_progress"}"""));
        using var bed = new SynthesiaTestBed(server.Host);
        await bed.Provider(path: "").SubmitAsync(request, Ct);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static async Task<VideoTask> PolledAsync(string body)
    {
        await using var server = new RawServer(Wire.Json(body));
        using var bed = new SynthesiaTestBed(server.Host);
        return await bed.Provider(path: "").PollAsync(Id, Ct);
    }
}
