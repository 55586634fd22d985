using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Catalog.Changes;
using AIMake.Platform.Faults;
using AIMake.Speech;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Operations;

/// <summary>An administrator switches models and providers off and on, and gives them other prices, while the server runs.</summary>
public sealed class ModelChangesTests(ModelChangesTests.Stage stage) : IClassFixture<ModelChangesTests.Stage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_that_is_switched_off_is_shown_nowhere_and_refused_with_a_reason_until_it_is_on_again()
    {
        var user = await stage.Bed.Server.CreateUserAsync();
        Assert.Contains("parrot", await V1ModelsAsync(user));

        var off = await ChangeAsync("parrot", new { disabled = true });
        Assert.Equal(("disabled", true), (Text(off, "state"), off.GetProperty("disabled").GetBoolean()));
        Assert.DoesNotContain("parrot", await V1ModelsAsync(user));
        Assert.DoesNotContain("parrot", await stage.Bed.Server.Anonymous.GetStringAsync("/api/models/chat", Ct), StringComparison.Ordinal);
        await GatewayBed.ErrorAsync(await user.Http.GetAsync("/v1/models/parrot", Ct), 404, "model_off");
        var calls = stage.Bed.Upstream.Seen.Count;
        var error = await GatewayBed.ErrorAsync(await ChatAsync(user), 404, "model_off");
        Assert.Equal(("model", calls), (Text(error, "param"), stage.Bed.Upstream.Seen.Count));

        await ChangeAsync("parrot", new { disabled = false });
        Assert.Contains("parrot", await V1ModelsAsync(user));
        using var answer = await ChatAsync(user);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Other_nodes_follow_within_five_seconds_and_a_new_one_starts_with_what_was_decided()
    {
        var user = await stage.Bed.Server.CreateUserAsync();
        await using var other = await stage.Bed.StartNodeAsync();
        using var there = other.ClientWith(user.AccessToken);

        await ChangeAsync("vectors", new { disabled = true });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while ((await there.GetStringAsync("/v1/models", limit.Token)).Contains("vectors", StringComparison.Ordinal))
        {
        }

        await using var late = await stage.Bed.StartNodeAsync();
        using var later = late.ClientWith(user.AccessToken);
        Assert.DoesNotContain("vectors", await later.GetStringAsync("/v1/models", Ct), StringComparison.Ordinal);
        await ChangeAsync("vectors", new { disabled = false });
    }

    [Fact]
    public async Task A_provider_that_is_switched_off_takes_its_models_along_and_gets_no_call()
    {
        var user = await stage.Bed.Server.CreateUserAsync();

        var off = await SwitchAsync("upstream", disabled: true);
        Assert.Equal(("off", true), (Text(off, "state"), off.GetProperty("disabled").GetBoolean()));
        Assert.Equal("providerDisabled", Text(await (await stage.Admin.Http.GetAsync("/api/admin/models/parrot", Ct)).DataAsync(), "state"));
        Assert.DoesNotContain("parrot", await V1ModelsAsync(user));
        var calls = stage.Bed.Upstream.Seen.Count;
        await GatewayBed.ErrorAsync(await ChatAsync(user), 404, "model_off");
        Assert.Equal(calls, stage.Bed.Upstream.Seen.Count);

        Assert.Equal("ok", Text(await SwitchAsync("upstream", disabled: false), "state"));
        using var answer = await ChatAsync(user);
        Assert.Equal(200, (int)answer.StatusCode);
        await (await stage.Admin.Http.PutAsJsonAsync("/api/admin/providers/nobody", new { disabled = true }, Ct)).FaultAsync(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Another_price_counts_from_then_on_and_the_list_of_versions_says_who_set_it()
    {
        await using var server = await TestServer.StartAsync();
        var (admin, user) = (await server.CreateAdminAsync(), await server.CreateUserAsync());
        Assert.Equal(0.2m, await PriceAsync(user));

        var changed = await (await admin.Http.PutAsJsonAsync(
            "/api/admin/models/espeak-ng", new { prices = new[] { new { unit = "character", per = 1000, credits = 0.5m, source = "this winter's list" } } }, Ct)).DataAsync();
        Assert.True(changed.GetProperty("repriced").GetBoolean());
        Assert.Equal(0.5m, await PriceAsync(user));
        await (await admin.Http.PutAsJsonAsync("/api/admin/models/espeak-ng", new { disabled = true }, Ct)).DataAsync(); // and the price stays
        await (await user.Http.PostAsJsonAsync("/api/tts/quote", Order, Ct)).FaultAsync(404, "MODEL_OFF");
        Assert.Empty((await (await server.Anonymous.GetAsync("/api/voices", Ct)).DataAsync()).GetProperty("items").EnumerateArray());
        await (await admin.Http.PutAsJsonAsync("/api/admin/models/espeak-ng", new { disabled = false, prices = Array.Empty<object>() }, Ct)).DataAsync();
        Assert.Equal(0.2m, await PriceAsync(user));

        var versions = (await (await admin.Http.GetAsync("/api/admin/models/espeak-ng/versions", Ct)).DataAsync()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [(false, null), (true, 0.5m), (false, 0.5m)],
            versions.Select(v => (v.GetProperty("disabled").GetBoolean(), v.GetProperty("prices") is { ValueKind: JsonValueKind.Array } p ? p[0].GetProperty("credits").GetDecimal() : (decimal?)null)));
        Assert.All(versions, v => Assert.Equal((admin.Username, admin.Id), (Text(v, "username"), v.GetProperty("by").GetGuid())));
        Assert.Equal("this winter's list", Text(versions[1].GetProperty("prices")[0], "source"));
    }

    [Fact]
    public async Task Work_that_waits_keeps_its_price_and_ends_with_the_reason_when_its_model_goes_off()
    {
        await using var server = await TestServer.StartAsync();
        var admin = await server.CreateAdminAsync();
        var planner = server.Services.GetRequiredService<SpeechPlanner>();
        var waiting = planner.Plan(new SpeechOrder("A sentence that waits.", "espeak:en-us", 1, "mp3", null, null), Guid.NewGuid()).Value.Work;
        Task<HttpResponseMessage> PutAsync(object change) => admin.Http.PutAsJsonAsync("/api/admin/models/espeak-ng", change, Ct);

        await (await PutAsync(new { prices = new[] { new { unit = "character", per = 1000, credits = 9m } } })).DataAsync();
        Assert.Equal(0.2m, planner.Replan(waiting).Value.Work.Price.Credits.Credits);
        await (await PutAsync(new { disabled = true })).DataAsync();

        Assert.Equal(FaultCodes.ModelOff, planner.Replan(waiting).Fault!.Code); // failed, and so not charged
    }

    [Theory]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":1}]}""", "FIELD_INVALID", "prices")] // chat is sold by what is written too
    [InlineData("""{"prices":[{"unit":"smile","per":1000,"credits":1}]}""", "FIELD_INVALID", "prices[0].unit")]
    [InlineData("""{"prices":[{"unit":"input-token","per":0,"credits":1}]}""", "FIELD_OUT_OF_RANGE", "prices[0].per")]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":0}]}""", "FIELD_OUT_OF_RANGE", "prices[0].credits")]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":-1}]}""", "FIELD_OUT_OF_RANGE", "prices[0].credits")]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":1,"above":0},{"unit":"output-token","per":1,"credits":1}]}""", "FIELD_OUT_OF_RANGE", "prices[0].above")]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":1},{"unit":"output-token","per":1,"credits":2},{"unit":"output-token","above":9,"per":1,"credits":1}]}""", "FIELD_INVALID", "prices")]
    [InlineData("""{"prices":[{"unit":"input-token","per":1000,"credits":1},{"unit":"output-token","per":1,"credits":1},{"unit":"output-token","per":1,"credits":2}]}""", "FIELD_INVALID", "prices")]
    [InlineData("""{"price":1}""", "UNKNOWN_FIELD", "price")]
    public async Task A_price_list_that_could_not_be_sold_by_is_refused_and_changes_nothing(string body, string code, string field)
    {
        var before = await stage.Admin.Http.GetStringAsync("/api/admin/models/parrot", Ct);

        var fault = await (await stage.Admin.Http.PutAsync("/api/admin/models/parrot", GatewayRequests.Json(body), Ct)).FaultAsync(400, code);

        Assert.Equal(field, Text(fault, "field"));
        Assert.Equal(before, await stage.Admin.Http.GetStringAsync("/api/admin/models/parrot", Ct));
    }

    [Fact]
    public async Task Changes_at_the_same_moment_are_all_kept_and_the_last_one_counts()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => stage.Admin.Http.PutAsJsonAsync("/api/admin/models/unpriced", new { disabled = i % 2 == 0 }, Ct)));
        Assert.All(answers, a => Assert.True(a.IsSuccessStatusCode));

        var versions = (await (await stage.Admin.Http.GetAsync("/api/admin/models/unpriced/versions?limit=100", Ct)).DataAsync()).GetProperty("items").EnumerateArray().ToList();
        var now = await (await stage.Admin.Http.GetAsync("/api/admin/models/unpriced", Ct)).DataAsync();

        Assert.Equal(20, versions.Count);
        Assert.Equal(versions[0].GetProperty("disabled").GetBoolean(), now.GetProperty("disabled").GetBoolean());
    }

    [Fact]
    public async Task Decisions_are_for_administrators_and_about_models_that_are_there()
    {
        var user = await stage.Bed.Server.CreateUserAsync();

        await (await user.Http.PutAsJsonAsync("/api/admin/models/parrot", new { disabled = true }, Ct)).FaultAsync(403, "FORBIDDEN");
        await (await user.Http.PutAsJsonAsync("/api/admin/providers/upstream", new { disabled = true }, Ct)).FaultAsync(403, "FORBIDDEN");
        await (await stage.Admin.Http.PutAsJsonAsync("/api/admin/models/nobody", new { disabled = true }, Ct)).FaultAsync(404, "NOT_FOUND");
        var slashed = await (await stage.Admin.Http.GetAsync("/api/admin/models/birds%2Fowl", Ct)).DataAsync();
        Assert.Equal("birds/owl", Text(slashed, "id"));
    }

    [Fact]
    public async Task While_the_database_is_away_what_was_decided_last_stays_in_force()
    {
        await ChangeAsync("birds%2Fowl", new { disabled = true });
        var changes = stage.Bed.Server.Services.GetRequiredService<CatalogChanges>();
        await TestDatabase.ExecuteAsync(stage.Bed.Server, "ALTER TABLE catalog.revision RENAME TO away");
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => changes.RefreshAsync(Ct));
            Assert.True(changes.Current.IsOff("birds/owl"));
        }
        finally
        {
            await TestDatabase.ExecuteAsync(stage.Bed.Server, "ALTER TABLE catalog.away RENAME TO revision");
        }
    }

    private static object Order => new { voiceId = "espeak:en-us", text = new string('a', 1000) };

    private static async Task<decimal> PriceAsync(TestUser user) =>
        (await (await user.Http.PostAsJsonAsync("/api/tts/quote", Order, Ct)).DataAsync()).GetProperty("credits").GetDecimal();

    private static Task<HttpResponseMessage> ChatAsync(TestUser user) => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()), Ct);

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static async Task<List<string>> V1ModelsAsync(TestUser user) =>
        [.. JsonElement.Parse(await user.Http.GetStringAsync("/v1/models", Ct)).GetProperty("data").EnumerateArray().Select(m => Text(m, "id")!)];

    private async Task<JsonElement> ChangeAsync(string model, object change) =>
        await (await stage.Admin.Http.PutAsJsonAsync($"/api/admin/models/{model}", change, Ct)).DataAsync();

    private async Task<JsonElement> SwitchAsync(string provider, bool disabled) =>
        await (await stage.Admin.Http.PutAsJsonAsync($"/api/admin/providers/{provider}", new { disabled }, Ct)).DataAsync();

    /// <summary>A gateway before its upstream, with an administrator. One model's id has a slash.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        public GatewayBed Bed { get; } = new();

        public TestUser Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Bed.InitializeAsync();
            Bed.Upstream.Says("""
                {"id":"c","object":"chat.completion","created":1,"model":"parrot-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20}}
                """);
            Admin = await Bed.Server.CreateAdminAsync();
        }

        public ValueTask DisposeAsync() => Bed.DisposeAsync();
    }
}
