using System.Net;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Speech.Voices;

public sealed class VoicesEndpointsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Anybody_may_see_the_voices_and_their_price()
    {
        var voices = await VoicesAsync("");

        var languages = voices.Select(v => v.GetProperty("language").GetString()!.Split('-')[0]).ToHashSet();
        Assert.Superset(new HashSet<string> { "en", "zh", "yue", "ja", "de", "fr", "es" }, languages);
        Assert.All(voices, v => Assert.Equal(0.2m, v.GetProperty("pricePerThousandCharacters").GetDecimal()));
        Assert.True(voices[0].GetProperty("featured").GetBoolean());
        Assert.Equal(voices.Count, voices.Select(v => v.GetProperty("id").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData("language=de", "de")]
    [InlineData("language=EN", "en")]
    [InlineData("language=en-US", "en-us")]
    [InlineData("q=Mandarin", "zh")]
    [InlineData("q=%E6%99%AE%E9%80%9A%E8%AF%9D", "zh")]
    [InlineData("gender=female&language=fr", "fr")]
    public async Task They_are_narrowed_by_language_gender_and_words(string query, string language)
    {
        var voices = await VoicesAsync(query);

        Assert.NotEmpty(voices);
        Assert.All(voices, v => Assert.StartsWith(language, v.GetProperty("language").GetString(), StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("provider=openai")]
    [InlineData("model=tts-1")]
    [InlineData("language=e")]
    [InlineData("q=%25")]
    public async Task What_fits_nobody_finds_nobody(string query) =>
        Assert.Empty(await VoicesAsync(query));

    /// <summary>What a caller's own keys open is not for a cache that others share.</summary>
    [Fact]
    public async Task Who_has_the_list_is_told_that_it_still_holds_in_the_same_language()
    {
        using var first = await server.Anonymous.GetAsync("/api/voices?limit=5");
        var tag = first.Headers.ETag!.ToString();
        async Task<int> AgainAsync(HttpClient http, string path, string language)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "If-None-Match", tag }, { "Accept-Language", language } } };
            using var answer = await http.SendAsync(request);
            return (int)answer.StatusCode;
        }

        Assert.Equal(304, await AgainAsync(server.Anonymous, "/api/voices?limit=5", "en"));
        Assert.Equal(200, await AgainAsync(server.Anonymous, "/api/voices?limit=5", "zh"));
        Assert.Equal(200, await AgainAsync(server.Anonymous, "/api/voices?limit=6", "en"));
        using var own = await (await server.CreateUserAsync()).Http.GetAsync("/api/voices?limit=5&ownKey=true");
        Assert.Null(own.Headers.ETag);
    }

    [Fact]
    public async Task Names_are_told_in_the_readers_language()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/voices?language=en-US&gender=male");
        request.Headers.Add("Accept-Language", "zh-CN");

        var voice = (await (await server.Anonymous.SendAsync(request)).DataAsync()).GetProperty("items")[0];

        Assert.Contains(voice.GetProperty("name").GetString()!, c => c >= '\u4e00');
    }

    [Theory]
    [InlineData("espeak:en-us")]
    [InlineData("espeak:cmn")]
    public async Task A_preview_is_a_short_clip_that_browsers_may_keep(string id)
    {
        var path = $"/api/voices/{Uri.EscapeDataString(id)}/preview";

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.Anonymous.GetAsync(path)));

        var clips = await Task.WhenAll(answers.Select(a => a.Content.ReadAsByteArrayAsync()));
        Assert.All(clips, c => Assert.Equal(clips[0], c));
        var heard = await Sounds.ProbeAsync(clips[0]);
        Assert.Equal("mp3", heard.Codec);
        Assert.InRange(heard.Seconds, 1, 10);
        Assert.True(answers[0].Headers.CacheControl is { Public: true, MaxAge.TotalHours: >= 1 });
        var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.Add("If-None-Match", answers[0].Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await server.Anonymous.SendAsync(again)).StatusCode);
        Assert.Single(Directory.GetFiles(Path.Combine(server.DataFolder, "media", "previews")), f => File.ReadAllBytes(f).AsSpan().SequenceEqual(clips[0]));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("..%2F..%2Fsecrets")]
    [InlineData("%00")]
    public async Task There_is_no_preview_of_a_voice_that_is_not_there(string id)
    {
        using var response = await server.Anonymous.GetAsync($"/api/voices/{id}/preview");

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
    }

    /// <summary>All pages of the list.</summary>
    private async Task<List<JsonElement>> VoicesAsync(string query)
    {
        var (voices, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await (await server.Anonymous.GetAsync($"/api/voices?limit=50&{query}{cursor}")).DataAsync();
            voices.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor != "");
        return voices;
    }
}
