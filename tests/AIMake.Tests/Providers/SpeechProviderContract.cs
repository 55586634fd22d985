using AIMake.Providers;

namespace AIMake.Tests.Providers;

/// <summary>What every way of turning text into sound promises. A vendor's tests inherit this and add what is its own.</summary>
public abstract class SpeechProviderContract
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract ISpeechProvider Provider { get; }

    /// <summary>A model and voice this provider has.</summary>
    private protected abstract (string Model, string Voice) Offer { get; }

    /// <summary>A speed this provider can speak at, above its usual one.</summary>
    private protected virtual double Quick => 2;

    private protected SpeechSynthesis Request(string text, double speed = 1) => new(text, Offer.Model, Offer.Voice, "", speed);

    private protected async Task<SpokenSegment> SpeakAsync(SpeechSynthesis request)
    {
        var chunks = await Provider.SynthesizeAsync(request, Ct).ToListAsync(Ct);
        return new SpokenSegment(chunks);
    }

    private protected async Task<ProviderFault> FaultAsync(SpeechSynthesis request) =>
        (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(request))).Fault;

    [Fact]
    public void The_name_is_short_and_lower_case_and_the_limit_is_useful()
    {
        Assert.Matches("^[a-z0-9-]{1,32}$", Provider.Name);
        Assert.InRange(Provider.MaximumCharacters, 100, 100_000);
    }

    [Fact]
    public async Task Sound_comes_in_whole_samples_of_one_rate_and_usage_comes_last_and_once()
    {
        var spoken = await SpeakAsync(Request("Good morning, everybody."));

        Assert.All(spoken.Chunks, chunk => Assert.Equal(0, chunk.Pcm.Length % 2));
        Assert.Single(spoken.Chunks.Select(chunk => chunk.SampleRate).Distinct());
        Assert.InRange(spoken.SampleRate, 8_000, 48_000);
        Assert.InRange(spoken.Seconds, 0.4, 10);
        Assert.All(spoken.Chunks.SkipLast(1), chunk => Assert.Null(chunk.Usage));
        Assert.NotNull(spoken.Chunks[^1].Usage);
    }

    [Theory]
    [InlineData("Hello", 5)]
    [InlineData("你好", 2)]
    [InlineData("a𠮷b", 3)]
    public async Task Usage_counts_code_points(string text, int characters) =>
        Assert.Equal(characters, (await SpeakAsync(Request(text))).Chunks[^1].Usage!.Characters);

    [Fact]
    public async Task More_text_is_more_sound_and_more_speed_is_less()
    {
        const string text = "The quick brown fox jumps over the lazy dog near the bank of the river.";
        var normal = (await SpeakAsync(Request(text))).Seconds;

        Assert.InRange((await SpeakAsync(Request($"{text} {text}"))).Seconds, normal * 1.5, normal * 2.5);
        Assert.InRange((await SpeakAsync(Request(text, Quick))).Seconds, normal * 0.6 / Quick, normal * Math.Min(1.6 / Quick, 0.95));
    }

    [Theory]
    [InlineData("\"quotes\", \\backslashes\\ and \t tabs\n and lines")]
    [InlineData("<speak><break time='3s'/>markup</speak>")]
    [InlineData("{\"input\":\"other\",\"voice\":\"other\"}")]
    [InlineData("emoji 🎉 and accents e\u0301")]
    [InlineData("half a pair \uD83D here")]
    [InlineData("混合 mixed тексты 텍스트 نص")]
    public async Task Any_text_is_just_text(string text) => Assert.InRange((await SpeakAsync(Request(text))).Seconds, 0.2, 30);

    [Fact]
    public async Task A_text_as_long_as_the_limit_is_spoken()
    {
        var text = string.Concat(Enumerable.Repeat("word ", Provider.MaximumCharacters / 5)).TrimEnd();

        Assert.InRange((await SpeakAsync(Request(text))).Seconds, Provider.MaximumCharacters / 40.0, Provider.MaximumCharacters / 4.0);
    }

    [Fact]
    public async Task Calls_side_by_side_do_not_mix()
    {
        string[] texts = ["One.", "One hundred and twenty.", "One hundred and twenty thousand four hundred and fifty."];
        var alone = new List<double>();
        foreach (var text in texts) alone.Add((await SpeakAsync(Request(text))).Seconds);

        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SpeakAsync(Request(texts[i % 3]))));

        for (var i = 0; i < together.Length; i++) Assert.InRange(together[i].Seconds / alone[i % 3], 0.9, 1.1);
    }

    [Fact]
    public async Task An_unknown_voice_is_rejected_and_not_worth_a_retry()
    {
        var fault = await FaultAsync(Request("Hello") with { Voice = "nobody-of-that-name" });

        Assert.Equal(ProviderFaultKind.Rejected, fault.Kind);
        Assert.False(fault.Retryable);
    }

    [Fact]
    public async Task A_caller_who_leaves_in_the_middle_does_no_harm()
    {
        await foreach (var chunk in Provider.SynthesizeAsync(Request(string.Concat(Enumerable.Repeat("and so on ", 50))), Ct))
            if (chunk.Pcm.Length > 0) break;

        Assert.InRange((await SpeakAsync(Request("Hello again"))).Seconds, 0.3, 5);
    }

    [Fact]
    public async Task A_canceled_call_ends_as_canceled()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Provider.SynthesizeAsync(Request("Hello"), caller.Token).ToListAsync(Ct));
    }
}

/// <summary>All that one call answered.</summary>
internal sealed class SpokenSegment(IReadOnlyList<SpeechChunk> chunks)
{
    public IReadOnlyList<SpeechChunk> Chunks => chunks;

    public int SampleRate => chunks[0].SampleRate;

    public byte[] Pcm { get; } = [.. chunks.SelectMany(chunk => chunk.Pcm.ToArray())];

    public double Seconds => Pcm.Length / 2.0 / SampleRate;
}
