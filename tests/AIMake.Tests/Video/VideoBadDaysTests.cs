using System.Text.Json;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Video;

/// <summary>
/// Vendors that answer badly, late, twice or never: one order, one charge or none, and nothing of theirs becomes our 500. The ledger is
/// audited when the server stops.
/// </summary>
public sealed class VideoBadDaysTests(VideoBed bed) : IClassFixture<VideoBed>, IAsyncLifetime
{
    private const string Order = "/kie/api/v1/veo/generate";
    private const string Question = "/kie/api/v1/veo/record-info";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await bed.Simulator.ResetAsync();

    public async ValueTask DisposeAsync() => await bed.Simulator.ResetAsync();

    /// <summary>F36.</summary>
    [Theory]
    [InlineData("""{"failStatus":500,"failTimes":6}""")]
    [InlineData("""{"failStatus":503,"failCode":"status","failTimes":6}""")]
    [InlineData("""{"malformed":"html","failTimes":6}""")]
    [InlineData("""{"malformed":"json","failTimes":6}""")]
    [InlineData("""{"malformed":"empty","failTimes":6}""")]
    [InlineData("""{"malformed":"redirect","failTimes":6}""")]
    [InlineData("""{"failStatus":422,"failTimes":2}""")]
    [InlineData("""{"failStatus":455,"failTimes":1}""")]
    public async Task Questions_that_fail_are_asked_again_and_the_order_is_not(string fault)
    {
        var user = await bed.Server.CreateUserAsync();
        await FaultAsync(Question, fault);

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Patience" });
        while ((await bed.CallsAsync(Question)).Count == 0)
        {
            await Task.Delay(10, Ct);
        }

        if (fault.Contains("455", StringComparison.Ordinal))
        {
            // Under maintenance it wants a minute; the test does not.
            await bed.ScalarWhenAsync<string>("UPDATE generations.generations SET due_at = now() WHERE id = $1 AND status = 'queued' RETURNING status", VideoBed.IdOf(video), s => s is not null);
        }

        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        Assert.Single(await bed.CallsAsync(Order));
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    [Fact]
    public async Task Every_question_is_asked_with_the_key_that_ordered()
    {
        var user = await bed.Server.CreateUserAsync();
        var videos = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = $"Number {i}" })));
        foreach (var video in videos)
        {
            Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        }

        var book = await bed.Simulator.BookAsync();
        Assert.Equal(2, book.Where(c => c.Path == Order).Select(c => c.Key).Distinct().Count()); // both took some
        Assert.Equal(18, book.Count(c => c.Path == Question)); // three each: none was asked of the key that does not know it
    }

    [Fact]
    public async Task A_vendor_that_denies_its_own_task_is_believed_in_the_end_and_nothing_is_charged()
    {
        var user = await bed.Server.CreateUserAsync();
        await FaultAsync(Question, """{"failStatus":422}""");

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Who?" });

        await VideoBed.FailureAsync(user.Http, video, "upstream_rejected");
        Assert.Equal(3, (await bed.CallsAsync(Question)).Count);
        await NothingIsChargedAsync(user);
        Assert.Equal(300_000L, (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Cost); // but it may have cost us
    }

    /// <summary>What of an order is unknown is not ordered again.</summary>
    [Theory]
    [InlineData("""{"malformed":"html"}""", "upstream_error")]
    [InlineData("""{"malformed":"json"}""", "upstream_invalid_response")]
    [InlineData("""{"malformed":"empty"}""", "upstream_invalid_response")]
    [InlineData("""{"malformed":"redirect"}""", "upstream_redirect")]
    [InlineData("""{"failStatus":500}""", "upstream_error")]
    [InlineData("""{"failStatus":500,"failCode":"status"}""", "upstream_error")]
    [InlineData("""{"failStatus":400}""", "upstream_rejected")]
    [InlineData("""{"failStatus":777}""", "upstream_invalid_response")]
    public async Task An_order_that_fails_is_not_placed_twice(string fault, string code)
    {
        var user = await bed.Server.CreateUserAsync();
        await FaultAsync(Order, fault);

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Once" });

        await VideoBed.FailureAsync(user.Http, video, code);
        Assert.Single(await bed.CallsAsync(Order));
        await NothingIsChargedAsync(user);
        var mayBeMade = code is "upstream_invalid_response";
        Assert.Equal(mayBeMade ? 300_000L : null, (await bed.UsageAsync(VideoBed.IdOf(video)))?.Cost);
    }

    [Theory]
    [InlineData("[fail:400]", "upstream_rejected")]
    [InlineData("[fail:500]", "upstream_error")]
    [InlineData("[fail:2]", "upstream_invalid_response")]
    public async Task A_task_the_vendor_fails_is_failed_and_free(string prompt, string code)
    {
        var user = await bed.Server.CreateUserAsync();

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt });

        await VideoBed.FailureAsync(user.Http, video, code);
        await NothingIsChargedAsync(user);
        Assert.Null(await bed.UsageAsync(VideoBed.IdOf(video)));
    }

    [Fact]
    public async Task A_link_that_has_gone_stale_is_asked_for_anew()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "[stale]" });

        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
    }

    /// <summary>Bytes that are no whole video are fetched a few times more, and then it has failed: they are never kept.</summary>
    [Theory]
    [InlineData("[picture]")]
    [InlineData("[half]")]
    public async Task What_is_not_a_whole_video_is_never_kept(string prompt)
    {
        var user = await bed.Server.CreateUserAsync();

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt });

        await VideoBed.FailureAsync(user.Http, video, "upstream_invalid_response");
        Assert.Equal(5, (await bed.CallsAsync("/files/")).Count);
        Assert.Single(await bed.CallsAsync(Order));
        await NothingIsChargedAsync(user);
        Assert.Equal(300_000L, (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Cost);
        Assert.False(Directory.Exists(Path.Combine(bed.Server.DataFolder, "media", "video", $"{user.Id:N}")));
    }

    [Theory]
    [InlineData("""{"cutAfterBytes":5000,"failTimes":2}""")]
    [InlineData("""{"malformed":"html","failTimes":2}""")]
    [InlineData("""{"malformed":"empty","failTimes":2}""")]
    [InlineData("""{"malformed":"redirect","failTimes":2}""")]
    public async Task A_fetch_that_breaks_is_begun_again(string fault)
    {
        var user = await bed.Server.CreateUserAsync();
        await FaultAsync(Question, """{"failStatus":500}"""); // until the file's own fault is set
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Broken off" });
        var task = await bed.TaskOfAsync(video);
        await FaultAsync($"/files/{task}/0.mp4", fault);
        await FaultAsync(Question, "{}");

        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        Assert.Equal(3, (await bed.CallsAsync("/files/")).Count);
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    [Fact]
    public async Task One_that_is_canceled_while_it_is_made_costs_nothing_and_its_result_is_not_fetched()
    {
        var user = await bed.Server.CreateUserAsync();
        await FaultAsync(Question, """{"failStatus":500}"""); // so that it is not done before it is canceled
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Never mind" });
        await bed.TaskOfAsync(video);

        using var deleted = await user.Http.DeleteAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct);

        await VideoBed.VideoAsync(deleted);
        await NothingIsChargedAsync(user);
        await GatewayBed.ErrorAsync(await user.Http.GetAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct), 404, "not_found");
        var lost = (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value;
        Assert.Equal((0m, 300_000L, true, "estimated"), (lost.Credits, lost.Cost, lost.Cut, lost.Source));
        Assert.Equal("over", await bed.ScalarAsync<string>("SELECT task_state FROM video.videos WHERE id = $1", VideoBed.IdOf(video)));
        Assert.Empty(await bed.CallsAsync("/files/"));
    }

    [Fact]
    public async Task A_vendor_that_can_be_told_to_stop_is_told()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "gen4.5", prompt = "[never]", seconds = 2 });
        var task = await bed.TaskOfAsync(video);

        await (await user.Http.PostAsync($"/api/generations/{VideoBed.IdOf(video)}/cancel", null, Ct)).DataAsync(); // knows no products
        var shown = await VideoBed.EndAsync(user.Http, video);
        await VideoBeds.SweepAsync(bed.Server);

        Assert.Equal("generation_canceled", shown.GetProperty("error").GetProperty("code").GetString());
        Assert.Single(await bed.CallsAsync($"/runway/v1/tasks/{task}"), c => c.Method == "DELETE");
        await VideoBeds.SweepAsync(bed.Server); // once
        Assert.Single(await bed.CallsAsync($"/runway/v1/tasks/{task}"), c => c.Method == "DELETE");
        await NothingIsChargedAsync(user);
        Assert.Equal(240_000L, (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Cost); // as the vendor estimated
    }

    /// <summary>
    /// An order is not given up half way: its end tells whether there is a task, which is then stopped. The longer one outlives
    /// the run itself, which is left behind after five seconds.
    /// </summary>
    [Theory]
    [InlineData(700)]
    [InlineData(6_500)]
    public async Task One_that_is_canceled_while_it_is_ordered_is_stopped_once_it_is_known(int milliseconds)
    {
        const string order = "/runway/v1/text_to_video";
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { path = order, firstByteMs = milliseconds });
        var video = await VideoBed.OrderAsync(user.Http, new { model = "gen4.5", prompt = "[never]", seconds = 2 });
        await bed.ScalarWhenAsync<string>("SELECT step FROM generations.steps WHERE generation_id = $1", VideoBed.IdOf(video), step => step is "ordering-1");

        await VideoBed.VideoAsync(await user.Http.DeleteAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct));
        var task = await bed.TaskOfAsync(video);
        await bed.ScalarWhenAsync<string>("SELECT status FROM generations.generations WHERE id = $1", VideoBed.IdOf(video), status => status is "canceled");
        await VideoBeds.SweepAsync(bed.Server);

        Assert.Single(await bed.CallsAsync(order));
        Assert.Single(await bed.CallsAsync($"/runway/v1/tasks/{task}"), c => c.Method == "DELETE");
        await NothingIsChargedAsync(user);
        Assert.Equal((0m, 240_000L, true), (await bed.UsageAsync(VideoBed.IdOf(video))) is { } lost ? (lost.Credits, lost.Cost, lost.Cut) : default);
    }

    [Fact]
    public async Task With_a_key_of_ones_own_it_costs_no_credits_and_is_counted()
    {
        var user = await bed.Server.CreateUserAsync();
        using var refused = await SendOwnAsync(await bed.Server.CreateUserAsync());
        await GatewayBed.ErrorAsync(refused, 400, "own_key_missing");
        using var misspelled = new HttpRequestMessage(HttpMethod.Post, "/v1/videos")
        {
            Content = GatewayRequests.Json("""{"model":"veo3_fast","prompt":"Mine"}"""), Headers = { { "X-AIMake-Key", "mine" } },
        };
        using var unknown = await user.Http.SendAsync(misspelled, Ct);
        Assert.Equal("X-AIMake-Key", (await GatewayBed.ErrorAsync(unknown, 400, "field_invalid")).GetProperty("param").GetString());
        using var kept = await user.Http.PostAsync("/api/keys", GatewayRequests.Json("""{"service":"kie","keyName":"Mine","keyValue":"kie-my-own"}"""), Ct);
        await kept.DataAsync(201);

        using var answer = await SendOwnAsync(user);
        var video = await VideoBed.VideoAsync(answer);

        Assert.Equal("0", answer.Headers.GetValues("X-AIMake-Credits").Single());
        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        var used = (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value;
        Assert.Equal((true, 0m, null), (used.OwnKey, used.Credits, used.Cost));
        Assert.Equal(4, (await bed.Simulator.BookAsync("kie-my-own")).Count); // ordered once, asked three times
    }

    [Fact]
    public async Task A_key_of_ones_own_that_is_refused_is_told_as_such()
    {
        var user = await bed.Server.CreateUserAsync();
        using var kept = await user.Http.PostAsync("/api/keys", GatewayRequests.Json("""{"service":"kie","keyName":"Old","keyValue":"nobody-any-more"}"""), Ct);
        await kept.DataAsync(201);

        using var answer = await SendOwnAsync(user);

        await VideoBed.FailureAsync(user.Http, await VideoBed.VideoAsync(answer), "own_key_refused");
        Assert.Single(await bed.CallsAsync(Order));
    }

    private static Task<HttpResponseMessage> SendOwnAsync(TestUser user) => user.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/videos")
        {
            Content = GatewayRequests.Json("""{"model":"veo3_fast","prompt":"Mine"}"""), Headers = { { "X-AIMake-Key", "own" } },
        },
        Ct);

    private Task FaultAsync(string path, string fault)
    {
        var members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(fault)!;
        members["path"] = JsonSerializer.SerializeToElement(path);
        return bed.Simulator.FaultsAsync(members);
    }

    private static async Task NothingIsChargedAsync(TestUser user) => Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
}
