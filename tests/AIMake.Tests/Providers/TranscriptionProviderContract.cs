using AIMake.Providers;

namespace AIMake.Tests.Providers;

/// <summary>What every way of writing down speech promises. A vendor's tests inherit this and add what is its own.</summary>
public abstract class TranscriptionProviderContract
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract ITranscriptionProvider Provider { get; }

    /// <summary>A model this provider has.</summary>
    private protected abstract string Model { get; }

    /// <summary>Whether it says when things were said.</summary>
    private protected virtual bool TellsTimes => true;

    /// <summary>A recording in which a text is said, and its length.</summary>
    private protected abstract Task<(MediaInput Audio, decimal Seconds)> SayAsync(string text);

    private protected async Task<TranscriptionAnswer> HearAsync(string text)
    {
        var (audio, seconds) = await SayAsync(text);
        return await Provider.TranscribeAsync(new(Model, audio, seconds), Ct);
    }

    private protected async Task<ProviderFault> FaultAsync(TranscriptionRequest request) =>
        (await Assert.ThrowsAsync<ProviderException>(() => Provider.TranscribeAsync(request, Ct))).Fault;

    [Theory]
    [InlineData("Good morning, everybody. The kettle is on.")]
    [InlineData("早上好，水已经烧开了。")]
    public async Task What_is_said_is_written_down(string text) => Assert.Equal(text, (await HearAsync(text)).Text.Trim());

    [Fact]
    public async Task The_length_is_counted_and_times_lie_within_it()
    {
        var (audio, seconds) = await SayAsync("Nothing is urgent today, and nothing will be tomorrow.");
        var answer = await Provider.TranscribeAsync(new(Model, audio, seconds, Words: true), Ct);

        Assert.InRange(answer.Usage.Seconds, seconds, seconds + 1);
        Assert.Equal(TellsTimes, answer.Segments.Count > 0);
        Assert.All(answer.Segments, segment => Assert.InRange(segment.Start, 0, segment.End));
        Assert.All(answer.Segments, segment => Assert.InRange(segment.End, 0, (double)seconds + 1));
        Assert.All(answer.Words, word => Assert.InRange(word.Start, 0, word.End));
    }

    [Fact]
    public async Task What_is_no_sound_is_rejected_and_not_worth_a_retry()
    {
        var fault = await FaultAsync(new(Model, new MediaInput("no sound at all"u8.ToArray(), "audio/mpeg", "a.mp3"), 1));

        Assert.Equal((ProviderFaultKind.Rejected, false), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task An_unknown_model_is_rejected_and_not_worth_a_retry()
    {
        var (audio, seconds) = await SayAsync("Hello.");
        var fault = await FaultAsync(new("nope", audio, seconds));

        Assert.Equal((ProviderFaultKind.Rejected, false), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task A_canceled_call_ends_as_canceled()
    {
        using var caller = new CancellationTokenSource();
        var (audio, seconds) = await SayAsync("Hello.");
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Provider.TranscribeAsync(new(Model, audio, seconds), caller.Token));
    }
}
