using AIMake.Tests.Gateway;

namespace AIMake.Tests.Video;

/// <summary>What this installation sets: how long a vendor may take, how large a file may be, what has a price.</summary>
public sealed class VideoLimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>F36: never ends.</summary>
    [Fact]
    public async Task A_task_that_never_ends_is_given_up_at_the_deadline_and_costs_nothing()
    {
        await using var bed = await VideoBed.StartAsync("--Video:Deadline", "00:00:01");
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "gen4.5", prompt = "[never]", seconds = 2 });
        var task = await bed.TaskOfAsync(video);

        await VideoBed.FailureAsync(user.Http, video, "deadline_exceeded");
        await VideoBeds.SweepAsync(bed.Server);

        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Single(await bed.CallsAsync($"/runway/v1/tasks/{task}"), c => c.Method == "DELETE");
        Assert.Equal((0m, 240_000L, true), (await bed.UsageAsync(VideoBed.IdOf(video))) is { } lost ? (lost.Credits, lost.Cost, lost.Cut) : default);
    }

    /// <summary>A vendor that is away all the time is a task that never ends.</summary>
    [Fact]
    public async Task Questions_that_always_fail_end_at_the_deadline_too()
    {
        await using var bed = await VideoBed.StartAsync("--Video:Deadline", "00:00:01");
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { path = "/kie/api/v1/veo/record-info", failStatus = 500 });

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "x" });

        await VideoBed.FailureAsync(user.Http, video, "deadline_exceeded");
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    /// <summary>The vendor took the order, and said so too late: it is making a video nobody may order again.</summary>
    [Fact]
    public async Task An_order_whose_answer_is_too_late_is_not_placed_again_whatever_key_or_way_is_left()
    {
        await using var bed = await VideoBed.StartAsync("--Outbound:FirstByteTimeout", "00:00:01");
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { path = "/kie/api/v1/veo/generate", firstByteMs = 2_500 });

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Too late" });

        await VideoBed.FailureAsync(user.Http, video, "upstream_timeout");
        Assert.Single(await bed.CallsAsync("/kie/api/v1/veo/generate"));
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(300_000L, (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Cost);
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_not_kept_and_not_fetched_twice()
    {
        await using var bed = await VideoBed.StartAsync("--Video:MaxBytes", "10000");
        var user = await bed.Server.CreateUserAsync();

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "x" });

        await VideoBed.FailureAsync(user.Http, video, "upstream_invalid_response");
        Assert.Single(await bed.CallsAsync("/files/"));
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Empty(Directory.GetFiles(Path.Combine(bed.Server.DataFolder, "spool")));
    }

    [Fact]
    public async Task What_has_no_price_is_not_made_and_another_route_is_taken_where_the_first_cannot()
    {
        var catalog = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalog, """
            { "models": [
              { "id": "free-film", "kind": "video", "provider": "kie", "name": "F", "description": { "en": "", "zh": "" } },
              { "id": "half-priced", "kind": "video", "provider": "kie", "name": "H", "description": { "en": "", "zh": "" },
                "prices": [{ "unit": "video", "per": 1, "credits": 5, "size": "1080p", "source": "test", "date": "2026-11-21" }], "limits": { "sizes": ["720p", "1080p"], "ratios": ["16:9"] } },
              { "id": "film", "kind": "video", "provider": "runway", "upstream": "veo3.1", "name": "V", "description": { "en": "", "zh": "" },
                "prices": [{ "unit": "video", "per": 1, "credits": 30, "source": "test", "date": "2026-11-21" }],
                "routes": [{ "provider": "kie", "upstream": "veo3_fast", "costs": [{ "unit": "video", "per": 1, "usd": 0.25, "source": "test", "date": "2026-11-21" }] }],
                "limits": { "sizes": ["720p", "1080p"], "ratios": ["16:9"], "seconds": [8] } }
            ], "voices": [] }
            """, Ct);
        await using var bed = await VideoBed.StartAsync("--Catalog:Path", catalog);
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { key = "key_1", throttle = new { } });

        foreach (var body in new[] { """{"model":"free-film","prompt":"x"}""", """{"model":"half-priced","prompt":"x"}""" })
        {
            await GatewayBed.ErrorAsync(await user.Http.PostAsync("/v1/videos", GatewayRequests.Json(body), Ct), 400, "model_unpriced");
        }

        var video = await VideoBed.OrderAsync(user.Http, new { model = "film", prompt = "By another way" });
        var made = await VideoBed.EndAsync(user.Http, video);

        Assert.Equal("completed", made.GetProperty("status").GetString());
        var used = (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value;
        Assert.Equal(("kie", 30m, 250_000L), (used.Provider, used.Credits, used.Cost));
        using var shown = await user.Http.GetAsync($"/v1/videos/{video.GetProperty("id").GetString()}", Ct);
        Assert.Equal("kie", shown.Headers.GetValues("X-AIMake-Provider").Single());
        Assert.Equal("kie", await bed.ScalarAsync<string>("SELECT provider FROM generations.generations WHERE id = $1", VideoBed.IdOf(video))); // as the receipt says
        Assert.Single(await bed.CallsAsync("/runway/v1/text_to_video"));
    }

    [Fact]
    public async Task When_every_key_is_refused_the_order_waits_its_turn_and_then_says_when_to_come_back()
    {
        await using var bed = await VideoBed.StartAsync("--Generations:MaxAttempts", "2");
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { key = "key_1", throttle = new { retryAfter = 1 } });

        var video = await VideoBed.OrderAsync(user.Http, new { model = "gen4.5", prompt = "x", seconds = 2 });

        await VideoBed.FailureAsync(user.Http, video, "provider_busy");
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.InRange((await bed.CallsAsync("/runway/v1/text_to_video")).Count, 1, 2);
    }

    /// <summary>Ten thousand that are being made elsewhere must not keep one from being ordered.</summary>
    [Fact]
    public async Task Videos_that_are_being_made_hold_no_place_among_those_that_work()
    {
        await using var bed = await VideoBed.StartAsync("--Generations:Slots", "1");
        var (user, other) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        for (var i = 0; i < 10; i++)
        {
            await bed.TaskOfAsync(await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = $"[never] {i}" }));
        }

        var video = await VideoBed.OrderAsync(other.Http, new { model = "veo3_fast", prompt = "Mine, please" });

        Assert.Equal("completed", (await VideoBed.EndAsync(other.Http, video)).GetProperty("status").GetString());
        Assert.Equal((50m, 450m), await VideoBed.CreditsAsync(user.Http));
    }

    [Fact]
    public async Task Without_room_for_files_nothing_is_ordered()
    {
        await using var bed = await VideoBed.StartAsync("--Storage:MinimumFreeBytes", "1000000000000000");
        var user = await bed.Server.CreateUserAsync();

        await GatewayBed.ErrorAsync(await user.Http.PostAsync("/v1/videos", GatewayRequests.Json("""{"model":"veo3_fast","prompt":"x"}"""), Ct), 503, "storage_full");
        Assert.Empty(await bed.Simulator.BookAsync());
    }
}
