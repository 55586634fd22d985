using System.Net;
using System.Net.Http.Json;
using AIMake.Providers;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Speech;

public sealed class SpeechStreamTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("mp3", "audio/mpeg")]
    [InlineData("wav", "audio/wav")]
    [InlineData("opus", "audio/ogg")]
    [InlineData("flac", "audio/flac")]
    [InlineData("aac", "audio/aac")]
    public async Task What_is_heard_live_is_what_the_library_keeps(string format, string type)
    {
        var user = await server.CreateUserAsync();

        using var response = await user.PostAsync("/api/tts/stream", new { text = Sounds.Text(3), voiceId = Sounds.Voice, format });
        var live = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal((HttpStatusCode.OK, type, true), (response.StatusCode, response.Content.Headers.ContentType!.MediaType, response.Headers.TransferEncodingChunked));
        var id = Guid.Parse(response.Headers.GetValues("X-AIMake-Generation-Id").Single());
        var generation = await user.GetAsync($"/api/generations/{id}");
        var audio = await user.GetAsync($"/api/audios/{generation.GetProperty("assets")[0].GetProperty("id").GetGuid()}");
        var (heard, kept) = (await Sounds.ProbeAsync(live), await Sounds.ProbeAsync(await server.PlayAsync(audio)));
        Assert.Equal(kept, heard);
        Assert.InRange(audio.GetProperty("duration").GetDouble(), (kept.Seconds * 0.98) - 0.1, (kept.Seconds * 1.02) + 0.01);
        Assert.Equal(500 - audio.GetProperty("credits").GetDecimal(), await user.BalanceAsync());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task The_first_sentence_is_heard_while_the_second_has_not_been_spoken()
    {
        var gate = new TaskCompletionSource();
        await using var own = await StartAsync(new GatedVoice(gate.Task, openFor: 1));
        var user = await own.CreateUserAsync();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tts/stream") { Content = JsonContent.Create(new { text = Sounds.Text(2), voiceId = Sounds.Voice, format = "wav" }) };
        using var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = new byte[20_000];
        await body.ReadExactlyAsync(first);
        gate.SetResult();
        using var rest = new MemoryStream();
        await body.CopyToAsync(rest);

        Assert.True(rest.Length > 0);
        await LedgerAssert.CleanAsync(own.ConnectionString);
    }

    [Fact]
    public async Task When_the_listener_leaves_speaking_stops_and_what_was_heard_is_paid_once()
    {
        var voice = new GatedVoice(new TaskCompletionSource().Task, openFor: 3);
        await using var own = await StartAsync(voice);
        var user = await own.CreateUserAsync();
        var text = Sounds.Text(10);
        Guid id;
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/tts/stream") { Content = JsonContent.Create(new { text, voiceId = Sounds.Voice, format = "wav" }) })
        using (var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            id = Guid.Parse(response.Headers.GetValues("X-AIMake-Generation-Id").Single());
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[3 * GatedVoice.BytesEach]);
        }

        var end = await user.EndAsync(id);

        var charged = end.GetProperty("credits").GetDecimal();
        Assert.Equal("succeeded", end.GetProperty("status").GetString());
        Assert.Equal(3 * 0.0002m * "This is sentence number 1 about apples.".Length, charged);
        Assert.Equal(500 - charged, await user.BalanceAsync());
        Assert.Empty((await user.GetAsync("/api/audios")).GetProperty("items").EnumerateArray());
        Assert.True(voice.Cancelled > 0);
        var receipt = await user.GetAsync($"/api/generations/{id}/receipt");
        Assert.Equal(charged, receipt.GetProperty("lines").EnumerateArray().Sum(l => l.GetProperty("credits").GetDecimal()));

        var quote = await (await user.PostAsync("/api/tts/quote", new { text, voiceId = Sounds.Voice })).DataAsync();
        Assert.Equal(text.Length - 9 - (charged / 0.0002m), quote.GetProperty("credits").GetDecimal() / 0.0002m);
        await LedgerAssert.CleanAsync(own.ConnectionString);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_in_the_statistics_with_what_it_was_charged_for()
    {
        var gate = new TaskCompletionSource();
        await using var own = await StartAsync(new GatedVoice(gate.Task, openFor: 3));
        var user = await own.CreateUserAsync();
        Guid id;
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/tts/stream") { Content = JsonContent.Create(new { text = Sounds.Text(10), voiceId = Sounds.Voice, format = "wav" }) })
        using (var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            id = Guid.Parse(response.Headers.GetValues("X-AIMake-Generation-Id").Single());
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[3 * GatedVoice.BytesEach]);
            gate.SetException(new ProviderException(new ProviderFault(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: false)));
            await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null));
        }

        var end = await user.EndAsync(id);

        var charged = end.GetProperty("credits").GetDecimal();
        Assert.Equal(("failed", 3 * 0.0002m * "This is sentence number 1 about apples.".Length), (end.GetProperty("status").GetString(), charged));
        var usage = await user.GetAsync("/api/stats/usage");
        Assert.Equal(
            (1, charged, charged / 0.0002m),
            (usage.GetProperty("count").GetInt32(), usage.GetProperty("credits").GetDecimal(), usage.GetProperty("units").GetProperty("characters").GetDecimal()));
        await LedgerAssert.CleanAsync(own.ConnectionString);
    }

    [Fact]
    public async Task A_failure_before_the_first_sound_is_an_ordinary_answer_and_costs_nothing()
    {
        await using var own = await StartAsync(new BrokenVoice());
        var user = await own.CreateUserAsync();

        using var response = await user.PostAsync("/api/tts/stream", new { text = "Silence.", voiceId = Sounds.Voice });

        await response.FaultAsync(502, "UPSTREAM_ERROR");
        Assert.False(response.Headers.Contains("X-AIMake-Credits"));
        Assert.Equal(500, await user.BalanceAsync());
        await LedgerAssert.CleanAsync(own.ConnectionString);
    }

    [Fact]
    public async Task The_same_key_again_plays_the_kept_take()
    {
        var user = await server.CreateUserAsync();
        var order = new { text = "Once only.", voiceId = Sounds.Voice, format = "flac" };

        using var first = await user.PostAsync("/api/tts/stream", order, key: "stream-1");
        await first.Content.ReadAsByteArrayAsync();
        using var second = await user.PostAsync("/api/tts/stream", order, key: "stream-1");

        Assert.Equal(first.Headers.GetValues("X-AIMake-Generation-Id"), second.Headers.GetValues("X-AIMake-Generation-Id"));
        Assert.Equal((HttpStatusCode.OK, "audio/flac"), (second.StatusCode, second.Content.Headers.ContentType!.MediaType));
        Assert.Single((await user.GetAsync("/api/audios")).GetProperty("items").EnumerateArray());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    private static Task<TestServer> StartAsync(ISpeechProvider voice) => TestServer.StartAsync(adjust: b =>
    {
        foreach (var known in b.Services.Where(s => s.ServiceType == typeof(ISpeechProvider)).ToList())
        {
            b.Services.Remove(known);
        }

        b.Services.AddSingleton(voice);
    });
}
