using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Video;

/// <summary>
/// Notices of vendors hurry the next question and do nothing else. Left alone, this server asks every ten minutes: whatever happens sooner, a
/// notice did.
/// </summary>
public sealed partial class VideoNoticeTests : IAsyncLifetime
{
    private const string Question = "/kie/api/v1/veo/record-info";

    private VideoBed _bed = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Nobody listens at the public address: the simulator's own notices reach nobody, the tests send theirs.
    public async ValueTask InitializeAsync() => _bed = await VideoBed.StartAsync("--Video:PollEvery", "00:10:00", "--Http:PublicUrl", "http://127.0.0.1:9");

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task A_notice_has_the_vendor_asked_at_once_and_is_itself_not_believed()
    {
        var (user, video, path) = await OrderAsync("Soon");
        var task = await _bed.TaskOfAsync(video);

        // Its outcome is made up: the task is not over, and has not failed.
        await NoticeAsync(path, Kie(task, 501));
        await AskedAsync(1);
        Assert.Equal("in_progress", (await ShowAsync(user, video)).GetProperty("status").GetString());
        await NoticeAsync(path, Kie(task, 200));
        await AskedAsync(2);
        await NoticeAsync(path, Kie(task, 200));

        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    /// <summary>F36: twice, late, about others.</summary>
    [Fact]
    public async Task Notices_that_come_again_late_or_about_another_task_change_nothing()
    {
        var (user, video, path) = await OrderAsync("Again");
        var task = await _bed.TaskOfAsync(video);

        Assert.False(await NoticeAsync(path, Kie("veo_task_of_somebody_else", 200)));
        for (var asked = 1; asked <= 3; asked++)
        {
            await NoticeAsync(path, Kie(task, 200));
            await AskedAsync(asked);
        }

        await VideoBed.EndAsync(user.Http, video);
        var late = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => NoticeAsync(path, Kie(task, 501))));

        Assert.DoesNotContain(true, late);
        Assert.Equal("completed", (await ShowAsync(user, video)).GetProperty("status").GetString());
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(3, (await _bed.CallsAsync(Question)).Count);
    }

    /// <summary>F36: done after cancel.</summary>
    [Fact]
    public async Task A_result_that_is_told_after_the_cancellation_is_not_fetched_and_not_charged()
    {
        var (user, video, path) = await OrderAsync("Too late");
        var task = await _bed.TaskOfAsync(video);
        await VideoBed.VideoAsync(await user.Http.DeleteAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct));

        Assert.False(await NoticeAsync(path, Kie(task, 200)));

        Assert.Empty(await _bed.CallsAsync(Question));
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(0m, (await _bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Credits);
    }

    [Fact]
    public async Task What_is_forged_or_no_notice_is_turned_away_and_nobody_is_asked()
    {
        var (user, video, path) = await OrderAsync("Forged");
        var (_, _, others) = await OrderAsync("Another");
        var task = await _bed.TaskOfAsync(video);
        var token = path[(path.LastIndexOf('/') + 1)..];
        var id = path.Split('/')[^2];

        foreach (var (address, body) in new[]
        {
            ($"/api/webhooks/kie/{id}/{others[(others.LastIndexOf('/') + 1)..]}", Kie(task, 200)), // the token of another video
            ($"/api/webhooks/kie/{id}/x", Kie(task, 200)), ($"/api/webhooks/kie/{id}/{token}A", Kie(task, 200)), ($"/api/webhooks/kie/{id}/.", Kie(task, 200)),
            ($"/api/webhooks/kie/{Guid.NewGuid():N}/{token}", Kie(task, 200)), ($"/api/webhooks/kie/nobody/{token}", Kie(task, 200)),
            (path, "{}"), (path, "[]"), (path, ""), (path, "{\"code\":200,\"data\":{\"taskId\":\"../../x\"}}"), (path, new string('[', 50_000)), (path, "\ud83d"),
        })
        {
            using var answer = await _bed.Server.Anonymous.PostAsync(address, GatewayRequests.Json(body), Ct);
            Assert.True((int)answer.StatusCode is 403 or 404, $"{address} {body.Length}: {(int)answer.StatusCode}");
        }

        using var large = await _bed.Server.Anonymous.PostAsync(path, GatewayRequests.Json(new string(' ', 300_000)), Ct);
        Assert.Equal(413, (int)large.StatusCode);
        Assert.Empty(await _bed.CallsAsync(Question));
        Assert.Equal((455m, 45m), await VideoBed.CreditsAsync(user.Http)); // still set aside
    }

    [Fact]
    public async Task Synthesias_notices_are_believed_by_their_signature()
    {
        var user = await _bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "synthesia", prompt = "Hello." });
        var task = await _bed.TaskOfAsync(video);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var body = $$"""{"type":"video.completed","data":{"id":"{{task}}","status":"complete"} }""";

        Assert.Equal(403, await SynthesiaAsync(body, now, "whs-other"));
        Assert.Equal(403, await SynthesiaAsync(body, now - 3_600, "whs-test"));
        Assert.Equal(403, await SynthesiaAsync(body, now, "whs-test", " "));
        Assert.Empty(await _bed.CallsAsync("/synthesia/v2/videos/"));
        Assert.Equal(200, await SynthesiaAsync("""{"type":"video.completed","data":{"id":"0d0d0d0d-0000-0000-0000-000000000000"}}""", now, "whs-test"));
        Assert.Equal(200, await SynthesiaAsync("""{"type":"dubbing.completed"}""", now, "whs-test"));
        Assert.Empty(await _bed.CallsAsync("/synthesia/v2/videos/"));

        for (var asked = 1; (await ShowAsync(user, video)).GetProperty("status").GetString() == "in_progress"; asked++)
        {
            Assert.Equal(200, await SynthesiaAsync(body, now, "whs-test"));
            while ((await _bed.CallsAsync("/synthesia/v2/videos/")).Count < asked)
            {
                await Task.Delay(10, Ct);
            }

            // Until that run has let go, or ended.
            await _bed.ScalarWhenAsync<string>("SELECT status FROM generations.generations WHERE id = $1", VideoBed.IdOf(video), s => s is not "running");
        }

        Assert.Equal("completed", (await ShowAsync(user, video)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task With_a_key_for_signatures_the_address_alone_is_not_enough()
    {
        await using var bed = await VideoBed.StartAsync("--Video:PollEvery", "00:10:00", "--Http:PublicUrl", "http://127.0.0.1:9", "--Providers:Kie:WebhookKey", "kie-test-hmac-key");
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Signed" });
        var task = await bed.TaskOfAsync(video);
        var path = new Uri(CallBack().Match((await bed.CallsAsync("/kie/api/v1/veo/generate")).Single().Body!).Groups[1].Value).AbsolutePath;
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        using var bare = await bed.Server.Anonymous.PostAsync(path, GatewayRequests.Json(Kie(task, 200)), Ct);
        using var signed = await bed.Server.Anonymous.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = GatewayRequests.Json(Kie(task, 200)),
                Headers =
                {
                    { "X-Webhook-Timestamp", time },
                    { "X-Webhook-Signature", Convert.ToBase64String(HMACSHA256.HashData("kie-test-hmac-key"u8, Encoding.UTF8.GetBytes($"{task}.{time}"))) },
                },
            },
            Ct);

        Assert.Equal((403, 200), ((int)bare.StatusCode, (int)signed.StatusCode));
    }

    private async Task<(TestUser User, JsonElement Video, string Path)> OrderAsync(string prompt)
    {
        var user = await _bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt });
        await _bed.TaskOfAsync(video);
        var order = (await _bed.CallsAsync("/kie/api/v1/veo/generate")).Single(c => c.Body!.Contains($"\"{prompt}\"", StringComparison.Ordinal));
        var path = new Uri(CallBack().Match(order.Body!).Groups[1].Value).AbsolutePath;
        Assert.StartsWith($"/api/webhooks/kie/{VideoBed.IdOf(video):N}/", path, StringComparison.Ordinal);
        return (user, video, path);
    }

    /// <returns>Whether it hurried anything.</returns>
    private async Task<bool> NoticeAsync(string path, string body)
    {
        using var answer = await _bed.Server.Anonymous.PostAsync(path, GatewayRequests.Json(body), Ct);
        return (await answer.DataAsync()).GetProperty("hurried").GetBoolean();
    }

    private async Task<int> SynthesiaAsync(string body, long time, string secret, string tail = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/synthesia") { Content = GatewayRequests.Json(body + tail) };
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"));
        request.Headers.Add("Synthesia-Timestamp", time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Synthesia-Signature", Convert.ToHexStringLower(mac));
        using var answer = await _bed.Server.Anonymous.SendAsync(request, Ct);
        return (int)answer.StatusCode;
    }

    /// <summary>Waits until the vendor was asked so often, and the run that asked has let go.</summary>
    private async Task AskedAsync(int times)
    {
        while ((await _bed.CallsAsync(Question)).Count < times)
        {
            await Task.Delay(10, Ct);
        }

        while (await _bed.ScalarAsync<long>("SELECT count(*) FROM generations.generations WHERE status = 'running' AND $1::uuid IS NOT NULL", Guid.Empty) > 0)
        {
            await Task.Delay(10, Ct);
        }
    }

    private static async Task<JsonElement> ShowAsync(TestUser user, JsonElement video) =>
        await VideoBed.VideoAsync(await user.Http.GetAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct));

    private static string Kie(string task, int code) => $$"""{"code":{{code}},"msg":"made up","data":{"taskId":"{{task}}","info":{"resultUrls":["http://169.254.169.254/x.mp4"]} } }""";

    [GeneratedRegex("\"callBackUrl\":\"([^\"]+)\"")]
    private static partial Regex CallBack();
}
