using AIMake.Providers;

namespace AIMake.Tests.Providers.Espeak;

public sealed class EspeakProviderTests(EspeakFixture espeak) : IClassFixture<EspeakFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sentence_becomes_sound_with_its_usage()
    {
        var spoken = await espeak.SpeakAsync("Hello world", ct: Ct);

        Assert.Equal(22050, spoken.SampleRate);
        Assert.InRange(spoken.Seconds, 0.5, 1.2);
        Assert.Equal(new SpeechUsage(11, 0), spoken.Usage);
    }

    [Theory]
    [InlineData("cmn-latn-pinyin", "你好世界", 0.7, 1.6)]
    [InlineData("yue", "你好世界", 0.7, 1.6)]
    [InlineData("ja", "こんにちは", 0.6, 1.6)]
    [InlineData("ko", "안녕하세요", 0.6, 1.6)]
    [InlineData("de", "Guten Morgen", 0.5, 1.4)]
    [InlineData("en+f3", "Good morning", 0.5, 1.4)]
    public async Task Other_languages_sound_as_long_as_they_should(string voice, string text, double from, double to) =>
        Assert.InRange((await espeak.SpeakAsync(text, voice, ct: Ct)).Seconds, from, to);

    [Theory]
    [InlineData(0.5, 1.6, 2.4)]
    [InlineData(2.0, 0.4, 0.65)]
    public async Task Speed_changes_the_length_and_nothing_else_does(double speed, double from, double to)
    {
        const string text = "The quick brown fox jumps over the lazy dog near the river bank.";
        var normal = await espeak.SpeakAsync(text, ct: Ct);
        var changed = await espeak.SpeakAsync(text, speed: speed, ct: Ct);
        Assert.InRange(changed.Seconds / normal.Seconds, from, to);

        var again = await espeak.SpeakAsync(text, ct: Ct);
        Assert.InRange(again.Seconds / normal.Seconds, 0.97, 1.03);
    }

    /// <summary>If the engine obeyed these, they would be silent, shorter, or say something else.</summary>
    [Theory]
    [InlineData("<mark name=\"x\"/>", "mark name x")]
    [InlineData("<voice name=\"de\">morning</voice>", "voice name de morning voice")]
    [InlineData("<break time=\"10s\"/>", "break time ten s")]
    [InlineData("[[h@l'oU w'3:ld]]", "hl ou w three ld")]
    [InlineData("$(id) `id`", "dollar id id")]
    [InlineData("-i /etc/passwd", "i etc passwd")]
    [InlineData("@file", "at file")]
    public async Task Markup_and_shell_are_spoken_not_obeyed(string hostile, string atLeast)
    {
        var spoken = (await espeak.SpeakAsync(hostile, ct: Ct)).Seconds;
        var reference = (await espeak.SpeakAsync(atLeast, ct: Ct)).Seconds;
        Assert.InRange(spoken, reference * 0.6, reference * 3);
    }

    [Fact]
    public async Task Engine_commands_hidden_in_control_characters_have_no_effect()
    {
        var plain = await espeak.SpeakAsync("morning light", ct: Ct);
        // U+0001 450S would triple the pace of everything after it, in this and in the next request.
        var commanded = await espeak.SpeakAsync("\u0001450Smorning light\0and this is still spoken", ct: Ct);
        Assert.True(commanded.Seconds > plain.Seconds * 2);
        Assert.InRange((await espeak.SpeakAsync("morning light", ct: Ct)).Seconds / plain.Seconds, 0.97, 1.03);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n\t ")]
    [InlineData("...")]
    [InlineData("\0\u0001\u0002")]
    public async Task Text_without_anything_to_say_is_no_failure(string text)
    {
        var spoken = await espeak.SpeakAsync(text, ct: Ct);
        Assert.InRange(spoken.Seconds, 0, 3);
        Assert.Equal(text.Length, spoken.Usage.Characters);
    }

    [Theory]
    [InlineData("😀🎧👨‍👩‍👧")]
    [InlineData("half a surrogate \ud83d here")]
    [InlineData("Hello 你好 Привет مرحبا שלום")]
    public async Task Odd_text_is_spoken_somehow(string text) =>
        Assert.InRange((await espeak.SpeakAsync(text, ct: Ct)).Seconds, 0.1, 30);

    [Fact]
    public async Task A_word_of_300_000_characters_does_not_break_the_worker()
    {
        var spoken = await espeak.SpeakAsync(new string('a', 300_000), ct: Ct);
        Assert.Equal(300_000, spoken.Usage.Characters);
        Assert.InRange((await espeak.SpeakAsync("Hello world", ct: Ct)).Seconds, 0.5, 1.2);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("en-us\0")]
    [InlineData("声音")]
    public async Task An_unknown_voice_is_refused_once_and_for_all(string voice)
    {
        var refusal = await Assert.ThrowsAsync<ProviderException>(() => espeak.SpeakAsync("Hello", voice, ct: Ct));
        Assert.Equal((ProviderParty.Caller, ProviderFaultKind.Rejected, false), (refusal.Fault.Party, refusal.Fault.Kind, refusal.Fault.Retryable));
    }

    [Fact]
    public async Task Many_callers_share_few_workers_and_get_their_own_text()
    {
        var lengths = new Dictionary<string, double>();
        foreach (var text in (string[])["one two", "one two three four five six", "a much longer sentence that takes its time to end"])
            lengths[text] = (await espeak.SpeakAsync(text, ct: Ct)).Seconds;

        var all = Enumerable.Range(0, 60).Select(i => lengths.Keys.ElementAt(i % 3));
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Ct }, async (text, ct) =>
            // The engine's own pauses vary by some hundredths of a second with what it said before.
            Assert.InRange((await espeak.SpeakAsync(text, ct: ct)).Seconds - lengths[text], -0.1, 0.1));
    }

    [Fact]
    public async Task Leaving_early_does_not_poison_the_next_caller()
    {
        var chapter = string.Join(' ', Enumerable.Repeat("It was the best of times, it was the worst of times.", 200));
        for (var i = 0; i < 3; i++)
        {
            await foreach (var chunk in espeak.Provider.SynthesizeAsync(new SpeechSynthesis(chapter, "", "en-us", "", 1), Ct))
            {
                Assert.False(chunk.Pcm.IsEmpty);
                break;
            }
            Assert.InRange((await espeak.SpeakAsync("Hello world", ct: Ct)).Seconds, 0.5, 1.2);
        }
    }

    [Fact]
    public async Task A_cancelled_caller_gets_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => espeak.SpeakAsync("Hello", ct: cancel.Token));
    }
}
