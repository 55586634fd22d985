using AIMake.Providers;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Speech;

/// <summary>Work that fails half-way: what is spoken again, what is paid, what is kept.</summary>
public sealed class SpeechHandlerTests
{
    private const decimal Sentence = 0.0002m;

    [Fact]
    public async Task After_a_failure_the_next_run_speaks_only_what_is_missing()
    {
        var voice = new FlakyVoice(call => call == 25);
        await using var server = await StartAsync(voice, packs: 8);
        var user = await server.CreateUserAsync();
        var text = Sounds.Text(40);

        var answer = await (await user.PostAsync("/api/tts/generate", new { text, voiceId = Sounds.Voice })).DataAsync();

        Assert.Equal(41, voice.Calls);
        Assert.Equal(40, voice.Spoken.Distinct().Count());
        Assert.Equal((text.Length - 39) * Sentence, answer.GetProperty("credits").GetDecimal());
        Assert.Equal(1, (await user.GetAsync($"/api/generations/{answer.GetProperty("generationId").GetGuid()}/receipt")).GetProperty("retries").GetInt32());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Work_that_fails_for_good_is_not_charged_and_what_it_spoke_is_not_free_afterwards()
    {
        var broken = true;
        var voice = new FlakyVoice(call => broken && call > 20);
        await using var server = await StartAsync(voice, packs: 4, "--Generations:MaxAttempts", "1");
        var user = await server.CreateUserAsync();
        var order = new { text = Sounds.Text(30), voiceId = Sounds.Voice };

        using var failed = await user.PostAsync("/api/tts/generate", order);
        await failed.FaultAsync(502, "UPSTREAM_ERROR");
        Assert.Equal(500, await user.BalanceAsync());
        broken = false;
        var spokenBefore = voice.Spoken.Count;
        var answer = await (await user.PostAsync("/api/tts/generate", order)).DataAsync();

        Assert.Equal((order.text.Length - 29) * Sentence, answer.GetProperty("credits").GetDecimal());
        Assert.True(spokenBefore >= 20 && voice.Spoken.Count == 30, $"{spokenBefore} spoken before, {voice.Spoken.Count} in all");
        var again = await (await user.PostAsync("/api/tts/generate", order)).DataAsync();
        Assert.Equal(0, again.GetProperty("credits").GetDecimal());
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task Cancelled_work_costs_nothing_and_leaves_no_audio()
    {
        var voice = new GatedVoice(new TaskCompletionSource().Task, openFor: 5);
        await using var server = await StartAsync(voice, packs: 2);
        var user = await server.CreateUserAsync();
        var id = (await (await user.PostAsync("/api/tts/generate", new { text = Sounds.Text(10), voiceId = Sounds.Voice }, prefer: "respond-async")).DataAsync(202))
            .GetProperty("generationId").GetGuid();
        while (voice.Calls < 6)
        {
            await Task.Yield();
        }

        using var cancelled = await user.Http.PostAsync($"/api/generations/{id}/cancel", null);

        Assert.Equal("canceled", (await cancelled.DataAsync()).GetProperty("status").GetString());
        Assert.Equal(500, await user.BalanceAsync());
        Assert.Empty((await user.GetAsync("/api/audios")).GetProperty("items").EnumerateArray());
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "spool")));
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task A_segment_without_any_sound_is_not_charged()
    {
        await using var server = await StartAsync(new MuteVoice("Nothing to hear here."));
        var user = await server.CreateUserAsync();

        var answer = await (await user.PostAsync("/api/tts/generate", new { text = "Hello you. Nothing to hear here.", voiceId = Sounds.Voice })).DataAsync();
        using var silent = await user.PostAsync("/api/tts/generate", new { text = "Nothing to hear here.", voiceId = Sounds.Voice });

        Assert.Equal("Hello you.".Length * Sentence, answer.GetProperty("credits").GetDecimal());
        await silent.FaultAsync(400, "TEXT_EMPTY");
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    [Fact]
    public async Task What_the_provider_takes_from_us_is_on_the_operators_receipt_only()
    {
        await using var server = await StartAsync(new FlakyVoice(_ => false));
        var (admin, user) = (await server.CreateAdminAsync(), await server.CreateUserAsync());

        async Task<System.Text.Json.JsonElement> Receipt(TestUser who) =>
            await who.GetAsync($"/api/generations/{(await who.GenerateAsync(Sounds.Text(2))).GetProperty("generationId").GetGuid()}/receipt");

        Assert.Equal(0.00003m, (await Receipt(admin)).GetProperty("providerCostUsd").GetDecimal());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await Receipt(user)).GetProperty("providerCostUsd").ValueKind);
    }

    private static Task<TestServer> StartAsync(ISpeechProvider voice, int packs = 64, params string[] settings) => TestServer.StartAsync(
        ["--Speech:SegmentsPerPack", packs.ToString(System.Globalization.CultureInfo.InvariantCulture), "--Generations:BackOff", "00:00:00.050", .. settings],
        b =>
        {
            foreach (var known in b.Services.Where(s => s.ServiceType == typeof(ISpeechProvider)).ToList())
            {
                b.Services.Remove(known);
            }

            b.Services.AddSingleton(voice);
        });

    /// <summary>Says nothing at all where it meets a certain text.</summary>
    private sealed class MuteVoice(string mute) : ISpeechProvider
    {
        public string Name => "espeak";

        public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await Task.Yield();
            var sound = request.Text == mute ? new byte[4_000] : GatedVoice.Noise(request.Text);
            yield return new SpeechChunk(sound, GatedVoice.Rate, new SpeechUsage(request.Text.Length, 0));
        }
    }
}
