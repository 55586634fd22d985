using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Speech.Audios;

public sealed partial class AudiosEndpointsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task One_audio_tells_all_about_itself_and_a_list_leaves_the_text_out()
    {
        var user = await server.CreateUserAsync();
        var id = (await user.GenerateAsync("Good morning, Vienna. It rains.")).GetProperty("id").GetGuid();

        var one = await user.GetAsync($"/api/audios/{id}");
        var listed = (await user.GetAsync("/api/audios")).GetProperty("items")[0];

        Assert.Equal("Good morning, Vienna. It rains.", one.GetProperty("text").GetString());
        Assert.Equal(("Good morning, Vienna.", Sounds.Voice, "mp3", 1d, 1), (
            one.GetProperty("title").GetString(), one.GetProperty("voiceId").GetString(), one.GetProperty("format").GetString(),
            one.GetProperty("speed").GetDouble(), one.GetProperty("version").GetInt32()));
        Assert.Equal(200, one.GetProperty("peaks").GetArrayLength());
        Assert.Contains(one.GetProperty("peaks").EnumerateArray(), p => p.GetInt32() > 40);
        Assert.False(listed.TryGetProperty("text", out _));
    }

    [Fact]
    public async Task Changing_one_sentence_speaks_and_charges_that_sentence()
    {
        var user = await server.CreateUserAsync();
        var text = Sounds.Text(40, "rivers");
        var first = await user.GenerateAsync(text);
        var id = first.GetProperty("id").GetGuid();
        var before = await user.BalanceAsync();
        var edited = text.Replace("sentence number 20 about", "paragraph number 20, on", StringComparison.Ordinal);

        var quote = await (await user.PostAsync("/api/tts/quote", new { text = edited, audioId = id })).DataAsync();
        var answer = await (await user.PostAsync($"/api/audios/{id}/edit", new { text = edited })).DataAsync();

        var sentence = "This is paragraph number 20, on rivers.".Length * 0.0002m;
        Assert.Equal(sentence, answer.GetProperty("credits").GetDecimal());
        Assert.Equal(sentence, quote.GetProperty("credits").GetDecimal());
        Assert.Equal(sentence, before - await user.BalanceAsync());
        Assert.Equal(id, answer.GetProperty("id").GetGuid());
        var audio = await user.GetAsync($"/api/audios/{id}");
        Assert.Equal((2, edited, answer.GetProperty("generationId").GetGuid()), (
            audio.GetProperty("version").GetInt32(), audio.GetProperty("text").GetString(), audio.GetProperty("generationId").GetGuid()));
        var heard = await Sounds.ProbeAsync(await server.PlayAsync(answer));
        Assert.InRange(answer.GetProperty("duration").GetDouble(), heard.Seconds * 0.98, heard.Seconds * 1.02);
        Assert.Equal(first.GetProperty("duration").GetDouble(), answer.GetProperty("duration").GetDouble(), 1.5);

        var receipt = await user.GetAsync($"/api/generations/{answer.GetProperty("generationId").GetGuid()}/receipt");
        var (blanks, old) = (39, "This is sentence number 20 about rivers.".Length);
        Assert.Equal([(39L, false), (text.Length - blanks - old, true)], receipt.GetProperty("lines").EnumerateArray()
            .Select(l => (l.GetProperty("units").GetInt64(), l.GetProperty("cached").GetBoolean())));
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Of_two_edits_at_once_both_are_paid_and_the_last_stays()
    {
        var user = await server.CreateUserAsync();
        var id = (await user.GenerateAsync("One.")).GetProperty("id").GetGuid();

        var answers = await Task.WhenAll(user.PostAsync($"/api/audios/{id}/edit", new { text = "Two." }), user.PostAsync($"/api/audios/{id}/edit", new { text = "Three." }));

        foreach (var answer in answers)
        {
            await answer.DataAsync();
        }

        var audio = await user.GetAsync($"/api/audios/{id}");
        Assert.Equal(3, audio.GetProperty("version").GetInt32());
        Assert.Contains(audio.GetProperty("text").GetString(), new[] { "Two.", "Three." });
        await Sounds.ProbeAsync(await server.PlayAsync(audio));
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Captions_say_the_words_in_order_within_the_length_of_the_sound()
    {
        var user = await server.CreateUserAsync();
        var text = "First things first. 你好，世界！[pause 1s] Tom & Jerry <3 cheese --> truly.";
        var audio = await user.GenerateAsync(text);
        var path = $"/api/audios/{audio.GetProperty("id").GetGuid()}/captions";

        var srt = await user.Http.GetStringAsync(path + ".srt");
        using var vttAnswer = await user.Http.GetAsync(path + ".vtt");
        var vtt = await vttAnswer.Content.ReadAsStringAsync();

        var times = Times().Matches(srt).Select(m => TimeSpan.ParseExact(m.Value, @"hh\:mm\:ss\,fff", CultureInfo.InvariantCulture).TotalSeconds).ToList();
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[^1], audio.GetProperty("duration").GetDouble() - 0.2, audio.GetProperty("duration").GetDouble() + 0.01);
        Assert.Contains("First things first.", srt, StringComparison.Ordinal);
        Assert.Contains("你好，世界！", srt, StringComparison.Ordinal);
        Assert.DoesNotContain("pause", srt, StringComparison.Ordinal);
        Assert.Equal(("text/vtt", true), (vttAnswer.Content.Headers.ContentType!.MediaType, vtt.StartsWith("WEBVTT\n\n", StringComparison.Ordinal)));
        Assert.Contains("Tom &amp; Jerry &lt;3 cheese → truly.", vtt.Replace('\n', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_comes_in_ranges_as_an_attachment_under_its_title()
    {
        var user = await server.CreateUserAsync();
        var audio = await user.GenerateAsync("Take me with you.");
        var id = audio.GetProperty("id").GetGuid();
        await (await user.Http.PutAsJsonAsync($"/api/audios/{id}", new { title = "../../etc/pass\"wd <b>你好</b>" })).DataAsync();
        var whole = await user.Http.GetByteArrayAsync($"/api/audios/{id}/download");

        async Task<(HttpStatusCode Status, byte[] Bytes, string? Range, HttpResponseMessage Response)> Ask(string? range, HttpMethod? method = null)
        {
            var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"/api/audios/{id}/download");
            request.Headers.Range = range is null ? null : RangeHeaderValue.Parse(range);
            var response = await user.Http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentRange?.ToString(), response);
        }

        var (status, bytes, range, response) = await Ask("bytes=100-199");
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes 100-199/{whole.Length}"), (status, range));
        Assert.Equal(whole[100..200], bytes);
        Assert.Equal(whole[^50..], (await Ask("bytes=-50")).Bytes);
        Assert.Equal(whole[1000..], (await Ask("bytes=1000-")).Bytes);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await Ask($"bytes={whole.Length}-")).Status);
        Assert.Equal((HttpStatusCode.OK, 0), ((await Ask(null, HttpMethod.Head)).Status, (await Ask(null, HttpMethod.Head)).Bytes.Length));

        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.DoesNotContain(disposition.FileNameStar!, c => c is '/' or '\\' or '"');
        Assert.Contains("你好", disposition.FileNameStar!, StringComparison.Ordinal);
        Assert.Equal(("nosniff", true), (
            response.Headers.GetValues("X-Content-Type-Options").Single(),
            response.Headers.GetValues("Content-Security-Policy").Single().Contains("sandbox", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/restore")]
    [InlineData("GET", "/download")]
    [InlineData("GET", "/captions.srt")]
    [InlineData("GET", "/captions.vtt")]
    [InlineData("POST", "/edit")]
    public async Task Somebody_elses_audio_answers_as_if_it_did_not_exist(string method, string route)
    {
        var (anna, ben) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var id = (await anna.GenerateAsync("Mine alone.")).GetProperty("id").GetGuid();
        var body = method == "PUT" ? """{"title":"Yours"}""" : """{"text":"Yours."}""";

        foreach (var wanted in new[] { id, Guid.CreateVersion7() })
        {
            using var response = await ben.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/api/audios/{wanted}{route}")
            {
                Content = method is "GET" or "DELETE" || route == "/restore" ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            });
            await response.FaultAsync(404, "NOT_FOUND");
        }

        using var quote = await ben.PostAsync("/api/tts/quote", new { text = "Mine alone.", audioId = id });
        await quote.FaultAsync(404, "NOT_FOUND");
        var still = await anna.GetAsync($"/api/audios/{id}");
        Assert.Equal(("Mine alone.", 1), (still.GetProperty("title").GetString(), still.GetProperty("version").GetInt32()));
        Assert.Equal(500, await ben.BalanceAsync());
    }

    [Theory]
    [InlineData("""{"credits":0}""", "UNKNOWN_FIELD")]
    [InlineData("""{"userId":"01a1f89c-1dd9-7a26-b6ab-e2f0c054c3c8"}""", "UNKNOWN_FIELD")]
    [InlineData("""{"url":"http://evil"}""", "UNKNOWN_FIELD")]
    [InlineData("""{"title":"a","title":"b"}""", "DUPLICATE_FIELD")]
    [InlineData("""{"title":""}""", "FIELD_INVALID")]
    [InlineData("""{"title":"a\nb"}""", "FIELD_INVALID")]
    [InlineData("""{"title":"a\u0000b"}""", "FIELD_INVALID")]
    [InlineData("""{"title":"invoice\u202Efdp.exe"}""", "FIELD_INVALID")]
    [InlineData("""{"tags":"one"}""", "FIELD_INVALID")]
    [InlineData("""{"tags":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}""", "FIELD_INVALID")]
    public async Task Only_title_and_tags_can_be_changed_and_only_sensibly(string body, string code)
    {
        var user = await server.CreateUserAsync();
        var id = (await user.GenerateAsync("Keep me.")).GetProperty("id").GetGuid();

        using var response = await user.Http.PutAsync($"/api/audios/{id}", new StringContent(body, Encoding.UTF8, "application/json"));

        await response.FaultAsync(400, code);
        Assert.Equal("Keep me.", (await user.GetAsync($"/api/audios/{id}")).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_long_title_in_any_script_is_kept_whole()
    {
        var user = await server.CreateUserAsync();
        var id = (await user.GenerateAsync("Name me.")).GetProperty("id").GetGuid();
        var title = string.Concat(Enumerable.Repeat("声😀", 100));

        var changed = await (await user.Http.PutAsJsonAsync($"/api/audios/{id}", new { title, tags = new[] { " Podcast ", "podcast", "日记" } })).DataAsync();
        using var longer = await user.Http.PutAsJsonAsync($"/api/audios/{id}", new { title = title + "!" });

        Assert.Equal(title, changed.GetProperty("title").GetString());
        Assert.Equal(["Podcast", "日记"], changed.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
        await longer.FaultAsync(400, "FIELD_INVALID");
    }

    [GeneratedRegex(@"\d\d:\d\d:\d\d,\d\d\d")]
    private static partial Regex Times();
}
