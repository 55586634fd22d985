using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Video;

/// <summary><c>/v1/videos</c> from the order to the bytes, in OpenAI's shapes, against the simulator's vendors.</summary>
public sealed class VideosApiTests(VideoBed bed) : IClassFixture<VideoBed>
{
    private static readonly string[] Shape =
        ["id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size", "seconds", "remixed_from_video_id", "error"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_video_is_ordered_watched_fetched_and_paid_for_once()
    {
        var user = await bed.Server.CreateUserAsync();
        using var http = bed.Server.ClientWith(await user.CreateKeyAsync("videos"));

        using var answer = await http.PostAsync("/v1/videos", GatewayRequests.Json("""{"model":"veo3_fast","prompt":"A paper boat on a lake 🎉","seconds":"8","size":"720x1280"}"""), Ct);
        var video = await VideoBed.VideoAsync(answer);

        Assert.Equal(Shape, video.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("video", "veo3_fast", "720x1280", "8"), (Text(video, "object"), Text(video, "model"), Text(video, "size"), Text(video, "seconds")));
        Assert.Contains(Text(video, "status"), new[] { "queued", "in_progress" });
        Assert.Equal(("45", "kie"), (Header(answer, "X-AIMake-Credits"), Header(answer, "X-AIMake-Provider")));

        var made = await VideoBed.EndAsync(http, video);
        Assert.Equal(("completed", 100), (Text(made, "status"), made.GetProperty("progress").GetInt32()));
        Assert.True(made.GetProperty("completed_at").GetInt64() >= made.GetProperty("created_at").GetInt64());

        using var content = await http.GetAsync($"/v1/videos/{Text(video, "id")}/content", Ct);
        var bytes = await content.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(("video/mp4", "ftyp"), (content.Content.Headers.ContentType!.MediaType, System.Text.Encoding.ASCII.GetString(bytes[4..8])));
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http));
        var used = (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value;
        Assert.Equal(("kie", 45m, 300_000L, false), (used.Provider, used.Credits, used.Cost, used.Cut));
        Assert.InRange(used.Seconds, 7.9m, 8.2m);
        Assert.NotNull(await bed.ScalarAsync<Guid?>("SELECT api_key_id FROM usage.events WHERE operation = $1", VideoBed.IdOf(video)));
    }

    [Fact]
    public async Task The_bytes_come_in_ranges_with_a_still_and_only_when_there_are_any()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Rain" });
        var path = $"/v1/videos/{Text(video, "id")}/content";
        await GatewayBed.ErrorAsync(await user.Http.GetAsync($"{path}?variant=spritesheet", Ct), 400, "field_invalid");
        await VideoBed.EndAsync(user.Http, video);

        using var whole = await user.Http.GetAsync(path, Ct);
        using var part = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(4, 7) } }, Ct);
        using var beyond = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(99_999_999, null) } }, Ct);
        using var head = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Ct);
        using var still = await user.Http.GetAsync($"{path}?variant=thumbnail", Ct);

        Assert.Equal((206, "ftyp"), ((int)part.StatusCode, await part.Content.ReadAsStringAsync(Ct)));
        Assert.Equal(416, (int)beyond.StatusCode);
        Assert.Equal(whole.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal("image/webp", still.Content.Headers.ContentType!.MediaType);
        Assert.Equal("RIFF", System.Text.Encoding.ASCII.GetString((await still.Content.ReadAsByteArrayAsync(Ct))[..4]));
    }

    [Fact]
    public async Task Nothing_is_sent_before_it_is_finished()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "[never]" });

        await GatewayBed.ErrorAsync(await user.Http.GetAsync($"/v1/videos/{Text(video, "id")}/content", Ct), 400, "invalid_request");
        await DeleteAsync(user.Http, video);
    }

    [Fact]
    public async Task Progress_is_shown_as_far_as_the_vendor_tells_it()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "gen4.5", prompt = "[never]", seconds = 2 });

        // The vendor says 45 %; ordering and storing have their share.
        var progress = 0;
        while (progress < 41)
        {
            var now = await VideoBed.VideoAsync(await user.Http.GetAsync($"/v1/videos/{Text(video, "id")}", Ct));
            Assert.Contains(Text(now, "status"), new[] { "queued", "in_progress" });
            Assert.InRange(now.GetProperty("progress").GetInt32(), progress, 41); // never back
            progress = now.GetProperty("progress").GetInt32();
        }

        await DeleteAsync(user.Http, video);
    }

    [Fact]
    public async Task A_form_with_a_first_frame_is_an_order_too()
    {
        var user = await bed.Server.CreateUserAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("gen4_turbo"), "model" }, { new StringContent("It begins to move"), "prompt" }, { new StringContent("5"), "seconds" },
            { new ByteArrayContent(Png()) { Headers = { ContentType = new("image/png") } }, "input_reference", "frame.png" },
        };

        using var answer = await user.Http.PostAsync("/v1/videos", form, Ct);
        var video = await VideoBed.VideoAsync(answer);

        Assert.Equal(("40", "1280x720"), (Header(answer, "X-AIMake-Credits"), Text(video, "size"))); // five seconds at eight
        Assert.Equal("completed", Text(await VideoBed.EndAsync(user.Http, video), "status"));
        var order = (await bed.CallsAsync("/runway/v1/image_to_video")).Single();
        Assert.Contains("\"promptImage\":\"", order.Body, StringComparison.Ordinal);
        Assert.Equal((460m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(250_000L, (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value.Cost); // as the vendor says
    }

    [Fact]
    public async Task A_script_is_held_for_generously_and_charged_for_the_film_it_became()
    {
        var user = await bed.Server.CreateUserAsync();

        using var answer = await user.Http.PostAsync("/v1/videos", GatewayRequests.Json("""{"model":"synthesia","prompt":"Hello and welcome.","options":{"avatar":"anna_costume1_cameraA"}}"""), Ct);
        var video = await VideoBed.VideoAsync(answer);

        Assert.Equal("120", Header(answer, "X-AIMake-Credits")); // fifteen seconds at eight
        Assert.Equal(JsonValueKind.Null, video.GetProperty("seconds").ValueKind);
        var made = await VideoBed.EndAsync(user.Http, video);
        Assert.Equal("completed", Text(made, "status"));
        var used = (await bed.UsageAsync(VideoBed.IdOf(video)))!.Value;
        Assert.Equal($"{Math.Ceiling(used.Seconds)}", Text(made, "seconds"));
        Assert.Equal(8 * Math.Ceiling(used.Seconds), used.Credits);
        Assert.Equal((500 - used.Credits, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal("provider", used.Source);
    }

    /// <summary>A length the vendor does not keep to must not make a long film cheap.</summary>
    [Theory]
    [InlineData("""{"model":"synthesia","prompt":"Hello.","seconds":1}""", "120")]
    [InlineData("""{"model":"synthesia","prompt":"Hello.","seconds":20}""", "160")]
    [InlineData("""{"model":"synthesia","prompt":"1234567890 1234567890 1234567890"}""", "192")]
    [InlineData("""{"model":"synthesia","prompt":"欢迎来到我们的工作室，今天我们一起看看新的视频，它会讲述一个安静的早晨。"}""", "176")]
    public async Task What_is_set_aside_for_a_script_does_not_rely_on_what_was_asked_for(string body, string held)
    {
        var user = await bed.Server.CreateUserAsync();

        using var answer = await user.Http.PostAsync("/v1/videos", GatewayRequests.Json(body), Ct);

        Assert.Equal(held, Header(answer, "X-AIMake-Credits"));
        await DeleteAsync(user.Http, await VideoBed.VideoAsync(answer));
    }

    [Fact]
    public async Task Videos_are_listed_page_by_page_in_both_directions_and_only_ones_own()
    {
        var (user, other) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(Text(await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = $"[never] {i}" }), "id"));
        }

        var first = await ListAsync(user.Http, "?limit=2");
        var second = await ListAsync(user.Http, $"?limit=2&after={Text(first, "last_id")}");
        var oldest = await ListAsync(user.Http, "?order=asc");

        Assert.Equal(["object", "data", "first_id", "last_id", "has_more"], first.EnumerateObject().Select(p => p.Name));
        Assert.Equal([ids[2], ids[1]], IdsOf(first));
        Assert.Equal((true, ids[2]), (first.GetProperty("has_more").GetBoolean(), Text(first, "first_id")));
        Assert.Equal([ids[0]], IdsOf(second));
        Assert.False(second.GetProperty("has_more").GetBoolean());
        Assert.Equal(ids, IdsOf(oldest));
        Assert.Empty(IdsOf(await ListAsync(other.Http, "")));
        await GatewayBed.ErrorAsync(await user.Http.GetAsync("/v1/videos?after=video_0", Ct), 400, "cursor_invalid");
        await GatewayBed.ErrorAsync(await other.Http.GetAsync($"/v1/videos?after={ids[0]}", Ct), 400, "cursor_invalid");
        await GatewayBed.ErrorAsync(await user.Http.GetAsync("/v1/videos?limit=101", Ct), 400, "field_out_of_range");
        await GatewayBed.ErrorAsync(await user.Http.GetAsync("/v1/videos?order=up", Ct), 400, "field_invalid");
    }

    /// <summary>S24.</summary>
    [Fact]
    public async Task Anothers_video_is_not_there_whatever_is_asked_of_it()
    {
        var (user, other) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "Mine" });
        await VideoBed.EndAsync(user.Http, video);
        var fetched = (await bed.CallsAsync("/files/")).Count;

        foreach (var path in new[] { $"/v1/videos/{Text(video, "id")}", $"/v1/videos/{Text(video, "id")}/content", "/v1/videos/video_nobody", "/v1/videos/..%2f..", $"/v1/videos/{Guid.NewGuid():N}" })
        {
            await GatewayBed.ErrorAsync(await other.Http.GetAsync(path, Ct), 404, "not_found");
        }

        await GatewayBed.ErrorAsync(await other.Http.DeleteAsync($"/v1/videos/{Text(video, "id")}", Ct), 404, "not_found");
        Assert.Equal(fetched, (await bed.CallsAsync("/files/")).Count);
    }

    [Fact]
    public async Task A_finished_video_that_is_deleted_lies_in_the_bin_and_is_nowhere_else()
    {
        var user = await bed.Server.CreateUserAsync();
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "A boat" });
        await VideoBed.EndAsync(user.Http, video);
        Assert.Equal("video", (await LibraryAsync(user, "")).Single().GetProperty("kind").GetString());
        Assert.Equal(320, (await LibraryAsync(user, "")).Single().GetProperty("width").GetInt32());

        var deleted = await DeleteAsync(user.Http, video);

        Assert.Equal(("video.deleted", true), (Text(deleted, "object"), deleted.GetProperty("deleted").GetBoolean()));
        await GatewayBed.ErrorAsync(await user.Http.GetAsync($"/v1/videos/{Text(video, "id")}", Ct), 404, "not_found");
        await GatewayBed.ErrorAsync(await user.Http.GetAsync($"/v1/videos/{Text(video, "id")}/content", Ct), 404, "not_found");
        await GatewayBed.ErrorAsync(await user.Http.DeleteAsync($"/v1/videos/{Text(video, "id")}", Ct), 404, "not_found");
        Assert.Empty(IdsOf(await ListAsync(user.Http, "")));
        Assert.Empty(await LibraryAsync(user, ""));
        Assert.Single(await LibraryAsync(user, "?deleted=true"));
        Assert.Equal((455m, 0m), await VideoBed.CreditsAsync(user.Http)); // it was made
    }

    [Theory]
    [InlineData("""{"prompt":"x"}""", 400, "field_required", "model")]
    [InlineData("""{"model":"veo3_fast"}""", 400, "field_required", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":"  "}""", 400, "field_required", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":7}""", 400, "field_invalid", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":"\u0000"}""", 400, "text_invalid", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":"\ud83d"}""", 400, "field_invalid", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","seconds":"5"}""", 400, "field_invalid", "seconds")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","seconds":"eight"}""", 400, "field_invalid", "seconds")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","size":"1024x1792"}""", 400, "field_invalid", "size")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","size":"wide"}""", 400, "field_invalid", "size")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","n":2}""", 400, "unknown_field", "n")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","prompt":"y"}""", 400, "duplicate_field", "prompt")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","api_base":"https://evil.dev"}""", 400, "unknown_field", "api_base")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","options":{"callBackUrl":"https://evil.dev"}}""", 400, "unknown_field", "options.callBackUrl")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","input_reference":{"file_id":"file-1"}}""", 400, "field_invalid", "input_reference.file_id")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","input_reference":{"image_url":"http://169.254.169.254/"}}""", 400, "field_invalid", "input_reference.image_url")]
    [InlineData("""{"model":"veo3_fast","prompt":"x","input_reference":{"image_url":"data:image/png;base64,AAAA"}}""", 400, "field_invalid", "input_reference.image_url")]
    [InlineData("""{"model":"veo9","prompt":"x"}""", 404, "model_not_found", "model")]
    [InlineData("""{"model":"gpt-5.4","prompt":"x"}""", 404, "model_not_found", "model")]
    [InlineData("""[]""", 400, "invalid_request", null)]
    [InlineData("""{"model":"veo3_fast","prompt":"x""", 400, "malformed_json", null)]
    public async Task What_cannot_be_made_is_refused_by_name_and_nobody_is_asked(string body, int status, string code, string? field)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = (await bed.CallsAsync("/kie/api/v1/veo/generate")).Count;

        using var answer = await user.Http.PostAsync("/v1/videos", GatewayRequests.Json(body), Ct);

        var error = await GatewayBed.ErrorAsync(answer, status, code);
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(before, (await bed.CallsAsync("/kie/api/v1/veo/generate")).Count);
    }

    [Fact]
    public async Task Without_the_credits_for_all_of_it_nothing_is_begun()
    {
        var user = await bed.Server.CreateUserAsync();
        using var answer = await user.Http.PostAsync("/v1/videos", GatewayRequests.Json("""{"model":"veo3.1","prompt":"x","seconds":8}"""), Ct); // 480 of 500
        await VideoBed.VideoAsync(answer);

        await GatewayBed.ErrorAsync(await user.Http.PostAsync("/v1/videos", GatewayRequests.Json("""{"model":"veo3_fast","prompt":"x"}"""), Ct), 402, "insufficient_credits");
    }

    [Fact]
    public async Task A_key_needs_the_scope_and_the_model_and_stays_within_its_limit()
    {
        var user = await bed.Server.CreateUserAsync();
        const string order = """{"model":"veo3_fast","prompt":"x"}""";
        using var chat = bed.Server.ClientWith(await user.CreateKeyAsync("chat"));
        using var narrow = bed.Server.ClientWith((await user.CreateKeyAsync(new { name = "k", scopes = new[] { "videos" }, models = new[] { "gen4.5" } })).GetProperty("secret").GetString()!);
        using var poor = bed.Server.ClientWith((await user.CreateKeyAsync(new { name = "p", scopes = new[] { "videos" }, creditLimit = new { amount = 50, window = "total" } })).GetProperty("secret").GetString()!);

        await GatewayBed.ErrorAsync(await chat.PostAsync("/v1/videos", GatewayRequests.Json(order), Ct), 403, "scope_denied");
        await GatewayBed.ErrorAsync(await chat.GetAsync("/v1/videos", Ct), 403, "scope_denied");
        await GatewayBed.ErrorAsync(await narrow.PostAsync("/v1/videos", GatewayRequests.Json(order), Ct), 403, "model_not_allowed");
        var paid = await VideoBed.OrderAsync(poor, new { model = "veo3_fast", prompt = "x" });
        await GatewayBed.ErrorAsync(await poor.PostAsync("/v1/videos", GatewayRequests.Json(order), Ct), 402, "key_limit_reached");
        await GatewayBed.ErrorAsync(await bed.Server.Anonymous.GetAsync("/v1/videos", Ct), 401, "unauthenticated");
        Assert.Equal("completed", Text(await VideoBed.EndAsync(poor, paid), "status"));
    }

    [Fact]
    public async Task The_same_order_under_the_same_idempotency_key_is_the_same_video()
    {
        var user = await bed.Server.CreateUserAsync();

        var first = await KeyedAsync(user.Http, "k-1", """{"model":"veo3_fast","prompt":"Once"}""");
        var again = await KeyedAsync(user.Http, "k-1", """{ "prompt":"Once", "model":"veo3_fast" }""");
        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => KeyedAsync(user.Http, "k-2", """{"model":"veo3_fast","prompt":"Twice"}""")));

        Assert.Equal(Text(first, "id"), Text(again, "id"));
        Assert.Single(together.Select(v => Text(v, "id")).Distinct());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/videos") { Content = GatewayRequests.Json("""{"model":"veo3_fast","prompt":"Other"}"""), Headers = { { "Idempotency-Key", "k-1" } } };
        await GatewayBed.ErrorAsync(await user.Http.SendAsync(request, Ct), 422, "idempotency_key_reused");
        await VideoBed.EndAsync(user.Http, first);
        await VideoBed.EndAsync(user.Http, together[0]);
        Assert.Equal((410m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    [Fact]
    public async Task The_price_is_told_before_and_a_failed_one_can_be_ordered_again()
    {
        var user = await bed.Server.CreateUserAsync();
        var quote = await (await user.Http.PostAsync("/api/quotes", GatewayRequests.Json("""{"kind":"video","model":"gen4.5","prompt":"x","seconds":5,"size":"1280x720"}"""), Ct)).DataAsync();
        Assert.Equal(90, quote.GetProperty("ceiling").GetDecimal());

        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "[fail:400]" });
        await VideoBed.FailureAsync(user.Http, video, "upstream_rejected");
        var retried = await (await user.Http.PostAsync($"/api/generations/{VideoBed.IdOf(video)}/retry", null, Ct)).DataAsync(202);

        var second = await VideoBed.VideoAsync(await user.Http.GetAsync($"/v1/videos/video_{retried.GetProperty("id").GetGuid():N}", Ct));
        await VideoBed.FailureAsync(user.Http, second, "upstream_rejected");
        Assert.Equal((500m, 0m), await VideoBed.CreditsAsync(user.Http));
    }

    private static async Task<JsonElement> KeyedAsync(HttpClient http, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/videos") { Content = GatewayRequests.Json(body), Headers = { { "Idempotency-Key", key } } };
        using var answer = await http.SendAsync(request, Ct);
        return await VideoBed.VideoAsync(answer);
    }

    private static async Task<JsonElement> ListAsync(HttpClient http, string query) => await VideoBed.VideoAsync(await http.GetAsync($"/v1/videos{query}", Ct));

    private static async Task<JsonElement> DeleteAsync(HttpClient http, JsonElement video) => await VideoBed.VideoAsync(await http.DeleteAsync($"/v1/videos/{Text(video, "id")}", Ct));

    private static async Task<IReadOnlyList<JsonElement>> LibraryAsync(TestUser user, string query) =>
        [.. (await (await user.Http.GetAsync($"/api/library{query}", Ct)).DataAsync()).GetProperty("items").EnumerateArray()];

    private static IEnumerable<string> IdsOf(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(v => Text(v, "id"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    /// <summary>One dot.</summary>
    internal static byte[] Png() => Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
}
