using System.Net;
using System.Text.Json;
using AIMake.Catalog;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Catalog;

/// <summary>What anybody may see of the models on offer.</summary>
public sealed class ModelsEndpointsTests : IAsyncLifetime
{
    private const string Key = "sk-canary-of-the-operator";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(["--Providers:openai:ApiKey", Key, "--Providers:kie:ApiKey", Key]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("chat", "gpt-4o-mini")]
    [InlineData("embedding", "text-embedding-3-small")]
    [InlineData("image", "gpt-image-2")]
    [InlineData("speech", "espeak-ng")]
    [InlineData("transcription", "whisper-1")]
    [InlineData("video", "veo3_fast")]
    public async Task Each_kind_lists_what_the_providers_set_up_here_can_make_with_prices(string kind, string id)
    {
        var models = await ModelsAsync(kind);

        Assert.All(models, m => Assert.Equal(kind, m.GetProperty("kind").GetString()));
        var model = models.Single(m => m.GetProperty("id").GetString() == id);
        Assert.True(model.GetProperty("available").GetBoolean());
        Assert.All(model.GetProperty("prices").EnumerateArray(), p => Assert.True(p.GetProperty("credits").GetDecimal() > 0 && p.GetProperty("source").GetString() is { Length: > 0 }));
        var offered = CatalogReader.ReadShipped().Models.Where(m => m.Kind == kind && m.Provider is "openai" or "kie" or "espeak");
        Assert.Equal(offered.Where(m => m.Kind == kind).Select(m => m.Id), models.Select(m => m.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task Limits_are_the_platforms_own_where_it_helps_the_model_along()
    {
        Assert.Equal(500_000, (await ModelsAsync("speech"))[0].GetProperty("limits").GetProperty("characters").GetInt32());
        Assert.Equal(16_384, (await ModelsAsync("chat")).Single(m => m.GetProperty("id").GetString() == "gpt-4o").GetProperty("limits").GetProperty("outputTokens").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await ModelsAsync("transcription"))[0].GetProperty("limits").GetProperty("characters").ValueKind);
    }

    [Fact]
    public async Task Descriptions_come_in_the_readers_language()
    {
        var (en, zh) = (await TextAsync("/api/models/chat"), await TextAsync("/api/models/chat", "zh-CN"));

        Assert.DoesNotMatch("[\\u4e00-\\u9fff]", en);
        Assert.Matches("[\\u4e00-\\u9fff]", zh);
    }

    [Fact]
    public async Task Nothing_is_told_of_keys_costs_and_the_vendors_address()
    {
        foreach (var kind in CatalogValidator.Kinds)
        {
            var text = await TextAsync($"/api/models/{kind}");

            Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
            Assert.DoesNotContain("upstream", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"cost", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("baseUrl", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Who_has_the_list_already_is_told_so_until_it_changes()
    {
        using var first = await _server.Anonymous.GetAsync("/api/models/chat");
        var tag = first.Headers.ETag!.ToString();
        Assert.Contains("Accept-Language", first.Headers.Vary);
        Assert.True(first.Headers.CacheControl!.NoCache);

        using var again = await AskAsync("/api/models/chat", tag);
        using var other = await AskAsync("/api/models/chat", "\"something else\"");
        using var chinese = await AskAsync("/api/models/chat", tag, "zh-CN");
        Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(tag, again.Headers.ETag!.ToString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (other.StatusCode, chinese.StatusCode));

        TakeOut("openai");
        using var changed = await AskAsync("/api/models/chat", tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task A_model_whose_only_key_is_used_up_says_that_it_is_not_available_now()
    {
        TakeOut("openai");

        Assert.All(await ModelsAsync("chat"), m => Assert.False(m.GetProperty("available").GetBoolean()));
        Assert.True((await ModelsAsync("speech"))[0].GetProperty("available").GetBoolean()); // spoken here
    }

    [Fact]
    public async Task The_list_has_pages_and_unknown_kinds_have_no_list()
    {
        var page = await (await _server.Anonymous.GetAsync("/api/models/chat?limit=2")).DataAsync();
        var rest = await ModelsAsync("chat", $"&cursor={page.GetProperty("nextCursor").GetString()}");

        Assert.Equal(2, page.GetProperty("items").GetArrayLength());
        Assert.Equal(3, rest.Count);
        await (await _server.Anonymous.GetAsync("/api/models/poems")).FaultAsync(404, "NOT_FOUND");
        await (await _server.Anonymous.GetAsync("/api/models/image?cursor=" + page.GetProperty("nextCursor").GetString())).FaultAsync(400, "CURSOR_INVALID");
    }

    private void TakeOut(string provider)
    {
        var pool = _server.Services.GetRequiredService<ProviderRegistry>().Find(provider)!;
        foreach (var key in pool.View().Keys)
        {
            pool.Heard(pool.Find(key.Setup.Id)!, new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.QuotaExhausted, Retryable: false));
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string known, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("If-None-Match", known);
        request.Headers.Add("Accept-Language", language);
        return await _server.Anonymous.SendAsync(request);
    }

    private async Task<string> TextAsync(string path, string language = "en") => await (await AskAsync(path, "\"none\"", language)).Content.ReadAsStringAsync();

    private async Task<List<JsonElement>> ModelsAsync(string kind, string query = "") =>
        [.. (await (await _server.Anonymous.GetAsync($"/api/models/{kind}?limit=100{query}")).DataAsync()).GetProperty("items").EnumerateArray()];
}
