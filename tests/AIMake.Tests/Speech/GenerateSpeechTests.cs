using System.Net;
using System.Text;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Speech;

public sealed class GenerateSpeechTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("mp3", "mp3", "audio/mpeg")]
    [InlineData("wav", "pcm_s16le", "audio/wav")]
    [InlineData("opus", "opus", "audio/ogg")]
    [InlineData("flac", "flac", "audio/flac")]
    [InlineData("aac", "aac", "audio/mp4")]
    public async Task A_text_becomes_a_file_of_the_asked_format_and_told_length(string format, string codec, string type)
    {
        var user = await server.CreateUserAsync();

        var audio = await user.GenerateAsync(Sounds.Text(3), format);

        using var response = await server.Anonymous.GetAsync(audio.GetProperty("url").GetString());
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var heard = await Sounds.ProbeAsync(bytes);
        Assert.Equal((codec, type, audio.GetProperty("bytes").GetInt64()), (heard.Codec, response.Content.Headers.ContentType!.MediaType, bytes.LongLength));
        Assert.InRange(audio.GetProperty("duration").GetDouble(), (heard.Seconds * 0.98) - 0.1, (heard.Seconds * 1.02) + 0.01);
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task The_quote_is_what_is_charged_and_the_receipt_sums_to_it()
    {
        var user = await server.CreateUserAsync();
        var before = await user.BalanceAsync();
        var order = new { text = Sounds.Text(5), voiceId = Sounds.Voice };
        var quote = await (await user.PostAsync("/api/tts/quote", order)).DataAsync();

        using var response = await user.PostAsync("/api/tts/generate", order);
        var audio = await response.DataAsync();

        var charged = audio.GetProperty("credits").GetDecimal();
        var receipt = await user.GetAsync($"/api/generations/{audio.GetProperty("generationId").GetGuid()}/receipt");
        Assert.Equal(quote.GetProperty("credits").GetDecimal(), charged);
        Assert.Equal(charged, before - await user.BalanceAsync());
        Assert.Equal(charged, receipt.GetProperty("lines").EnumerateArray().Sum(l => l.GetProperty("credits").GetDecimal()));
        Assert.Equal(charged.ToString("0.######"), response.Headers.GetValues("X-AIMake-Credits").Single());
        Assert.Equal(Sounds.Text(5).Length - 4, (int)(charged / 0.0002m)); // the blanks between sentences are nobody's
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task The_same_text_again_costs_nothing_whatever_the_format()
    {
        var user = await server.CreateUserAsync();
        var first = await user.GenerateAsync(Sounds.Text(3));
        var before = await user.BalanceAsync();

        foreach (var format in new[] { "mp3", "wav", "opus" })
        {
            var again = await user.GenerateAsync(Sounds.Text(3), format);
            Assert.Equal(0, again.GetProperty("credits").GetDecimal());
            Assert.Equal(first.GetProperty("duration").GetDouble(), again.GetProperty("duration").GetDouble(), 0.001);
        }

        Assert.Equal(before, await user.BalanceAsync());
        var slower = await user.GenerateAsync(Sounds.Text(3), speed: 0.8);
        Assert.Equal(first.GetProperty("credits").GetDecimal(), slower.GetProperty("credits").GetDecimal());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task What_one_user_paid_for_is_not_free_for_another()
    {
        var (anna, ben) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var paid = await anna.GenerateAsync(Sounds.Text(2, "secrets"));

        Assert.Equal(paid.GetProperty("credits").GetDecimal(), (await ben.GenerateAsync(Sounds.Text(2, "secrets"))).GetProperty("credits").GetDecimal());
    }

    [Fact]
    public async Task A_sentence_that_stands_twice_is_paid_once_and_heard_twice()
    {
        var user = await server.CreateUserAsync();

        var once = await user.GenerateAsync("Row, row, row your boat.");
        var other = await server.CreateUserAsync();
        var twice = await other.GenerateAsync("Row, row, row your boat. Row, row, row your boat.");

        Assert.Equal(once.GetProperty("credits").GetDecimal(), twice.GetProperty("credits").GetDecimal());
        Assert.True(twice.GetProperty("duration").GetDouble() > 2 * once.GetProperty("duration").GetDouble());
    }

    [Theory]
    [InlineData("", "TEXT_EMPTY")]
    [InlineData("   \\n\\t ", "TEXT_EMPTY")]
    [InlineData("😀🎉 👍", "TEXT_EMPTY")]
    [InlineData("[pause 3s]", "TEXT_EMPTY")]
    [InlineData("a\\u0000b", "TEXT_INVALID")]
    [InlineData("a\\u001bb", "TEXT_INVALID")]
    [InlineData("lone \\ud800 half", "FIELD_INVALID")]
    [InlineData("half \\udc00 lone", "FIELD_INVALID")]
    public async Task A_text_that_cannot_be_spoken_is_refused_by_name_and_costs_nothing(string json, string code)
    {
        var user = await server.CreateUserAsync();
        var body = $$"""{"text":"{{json}}","voiceId":"{{Sounds.Voice}}"}""";

        foreach (var path in new[] { "/api/tts/generate", "/api/tts/quote", "/api/tts/stream" })
        {
            using var response = await user.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal("text", (await response.FaultAsync(400, code)).GetProperty("field").GetString());
        }

        Assert.Equal(500, await user.BalanceAsync());
    }

    [Theory]
    [InlineData("""{"voiceId":"espeak:en-us"}""", "FIELD_REQUIRED", "text")]
    [InlineData("""{"text":"Hi."}""", "FIELD_REQUIRED", "voiceId")]
    [InlineData("""{"text":null,"voiceId":"espeak:en-us"}""", "FIELD_INVALID", "text")]
    [InlineData("""{"text":7,"voiceId":"espeak:en-us"}""", "FIELD_INVALID", "text")]
    [InlineData("""{"text":"Hi.","voiceId":"nobody"}""", "VOICE_UNKNOWN", "voiceId")]
    [InlineData("""{"text":"Hi.","voiceId":"../../etc/passwd"}""", "VOICE_UNKNOWN", "voiceId")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","speed":0.49}""", "FIELD_OUT_OF_RANGE", "speed")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","speed":2.01}""", "FIELD_OUT_OF_RANGE", "speed")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","speed":1e309}""", "FIELD_OUT_OF_RANGE", "speed")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","speed":"1"}""", "FIELD_INVALID", "speed")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","format":"exe"}""", "FORMAT_UNKNOWN", "format")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","format":"MP3"}""", "FORMAT_UNKNOWN", "format")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","title":" "}""", "FIELD_INVALID", "title")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","tags":[""]}""", "FIELD_INVALID", "tags")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","tags":[null]}""", "FIELD_INVALID", "tags")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","credits":0}""", "UNKNOWN_FIELD", "credits")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us","price":{"credits":0}}""", "UNKNOWN_FIELD", "price")]
    [InlineData("""{"text":"Hi.","text":"Ho.","voiceId":"espeak:en-us"}""", "DUPLICATE_FIELD", "text")]
    [InlineData("""{"text":"Hi.","voiceId":"espeak:en-us""", "MALFORMED_JSON", null)]
    [InlineData("null", "INVALID_REQUEST", null)]
    public async Task A_wrong_order_is_refused_with_its_field(string body, string code, string? field)
    {
        var user = await server.CreateUserAsync();

        using var response = await user.Http.PostAsync("/api/tts/generate", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(field, (await response.FaultAsync(400, code)).GetProperty("field").GetString());
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var user = await server.CreateUserAsync();

        using var response = await user.PostAsync("/api/tts/generate", new { text = "", voiceId = "nobody", speed = 9, format = "exe" });

        var errors = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("errors");
        Assert.Equal(["text", "voiceId", "speed", "format"], errors.EnumerateArray().Select(e => e.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Five_thousand_characters_are_waited_for_and_one_more_is_not()
    {
        var user = await server.CreateUserAsync();
        var text = Sounds.Text(200)[..4_999] + ".";

        await (await user.PostAsync("/api/tts/generate", new { text, voiceId = Sounds.Voice })).DataAsync(200);
        using var longer = await user.PostAsync("/api/tts/generate", new { text = text + "!", voiceId = Sounds.Voice });

        var accepted = await longer.DataAsync(202);
        var id = accepted.GetProperty("generationId").GetGuid();
        Assert.Equal($"/api/generations/{id}", longer.Headers.Location!.ToString());
        Assert.Equal("succeeded", (await user.EndAsync(id)).GetProperty("status").GetString());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Whoever_would_rather_not_wait_does_not()
    {
        var user = await server.CreateUserAsync();

        using var response = await user.PostAsync("/api/tts/generate", new { text = "Later.", voiceId = Sounds.Voice }, prefer: "wait=5, respond-async");

        var id = (await response.DataAsync(202)).GetProperty("generationId").GetGuid();
        var end = await user.EndAsync(id);
        Assert.Equal("audio", end.GetProperty("assets")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task The_longest_text_is_priced_and_one_character_more_is_refused()
    {
        var user = await server.CreateUserAsync();
        var text = string.Concat(Enumerable.Repeat("一二三四五六七八九。", 50_000));

        await (await user.PostAsync("/api/tts/quote", new { text, voiceId = "espeak:cmn" })).DataAsync();
        using var refused = await user.PostAsync("/api/tts/quote", new { text = text + "十", voiceId = "espeak:cmn" });
        using var huge = await user.PostAsync("/api/tts/quote", new { text = new string('a', 7_000_000), voiceId = Sounds.Voice });

        await refused.FaultAsync(400, "TEXT_TOO_LONG");
        await huge.FaultAsync(413, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task A_word_of_300_000_characters_has_a_price_like_any_other_text()
    {
        var user = await server.CreateUserAsync();

        var quote = await (await user.PostAsync("/api/tts/quote", new { text = new string('a', 300_000), voiceId = Sounds.Voice })).DataAsync();

        Assert.InRange(quote.GetProperty("credits").GetDecimal(), 0.0001m, 60m); // its pieces repeat, and repetition is free
    }

    [Fact]
    public async Task Scripts_may_be_mixed()
    {
        var user = await server.CreateUserAsync();

        var audio = await user.GenerateAsync("Hello 世界！Привет мир. مرحبا بالعالم. 😀 Fine.");

        Assert.True(audio.GetProperty("duration").GetDouble() > 1);
    }

    [Theory]
    [InlineData("-i /etc/passwd")]
    [InlineData("$(id)")]
    [InlineData("@/etc/passwd")]
    [InlineData("--version\n-f /etc/passwd")]
    [InlineData("<speak><audio src='file:///etc/passwd'/>hello</speak>")]
    public async Task A_text_is_never_taken_for_an_argument_or_markup(string text)
    {
        var user = await server.CreateUserAsync();

        var audio = await user.GenerateAsync(text);

        Assert.InRange(audio.GetProperty("duration").GetDouble(), 0.2, 12);
    }

    [Fact]
    public async Task The_same_key_at_once_makes_one_audio_and_one_charge()
    {
        var user = await server.CreateUserAsync();
        var order = new { text = Sounds.Text(4, "keys"), voiceId = Sounds.Voice };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.PostAsync("/api/tts/generate", order, key: "same")));

        var ids = new HashSet<Guid>();
        foreach (var answer in answers)
        {
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict });
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                ids.Add((await answer.DataAsync()).GetProperty("id").GetGuid());
            }
        }

        Assert.Single(ids);
        var audios = (await user.GetAsync("/api/audios")).GetProperty("items");
        Assert.Equal(1, audios.GetArrayLength());
        Assert.Equal(500 - audios[0].GetProperty("credits").GetDecimal(), await user.BalanceAsync());
        using var other = await user.PostAsync("/api/tts/generate", new { text = "Else.", voiceId = Sounds.Voice }, key: "same");
        await other.FaultAsync(422, "IDEMPOTENCY_KEY_REUSED");
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Whoever_cannot_pay_hears_nothing_and_owes_nothing()
    {
        var user = await server.CreateUserAsync();

        using var first = await user.PostAsync("/api/tts/generate", new { text = Distinct(0), voiceId = Sounds.Voice });
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        HttpResponseMessage? refused = null;
        for (var i = 1; i < 10 && refused is null; i++)
        {
            using var next = await user.PostAsync("/api/tts/generate", new { text = Distinct(i), voiceId = Sounds.Voice });
            if (next.StatusCode == HttpStatusCode.PaymentRequired)
            {
                await next.FaultAsync(402, "INSUFFICIENT_CREDITS");
                refused = next;
            }

            await user.Http.PostAsync($"/api/generations/{Guid.NewGuid()}/cancel", null);
        }

        Assert.NotNull(refused);
        foreach (var generation in (await user.GetAsync("/api/generations?limit=100")).GetProperty("items").EnumerateArray())
        {
            await user.Http.PostAsync($"/api/generations/{generation.GetProperty("id").GetGuid()}/cancel", null);
        }

        Assert.Equal(500, await user.BalanceAsync());
        await LedgerAssert.CleanAsync(server.ConnectionString);

        static string Distinct(int series) => string.Concat(Enumerable.Range(0, 30_000).Select(i => $"Item {series} {i:00000}. "));
    }
}
