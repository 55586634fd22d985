using AIMake.Providers;

namespace AIMake.Tests.Providers;

/// <summary>What every way of turning texts into vectors promises. A vendor's tests inherit this and add what is its own.</summary>
public abstract class EmbeddingProviderContract
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract IEmbeddingProvider Provider { get; }

    /// <summary>A model this provider has.</summary>
    private protected abstract string Model { get; }

    /// <summary>Whether the length of vectors can be chosen.</summary>
    private protected virtual bool TakesDimensions => true;

    private protected Task<EmbeddingAnswer> EmbedAsync(params string[] inputs) => Provider.EmbedAsync(Model, inputs, null, Ct);

    [Fact]
    public async Task Each_text_has_its_vector_in_its_place()
    {
        string[] texts = ["one", "你好，世界", "three 🎉", "one"];
        var answer = await EmbedAsync(texts);

        Assert.Equal(texts.Length, answer.Vectors.Count);
        Assert.Single(answer.Vectors.Select(vector => vector.Length).Distinct());
        Assert.Equal(answer.Vectors[0].ToArray(), answer.Vectors[3].ToArray());
        Assert.NotEqual(answer.Vectors[0].ToArray(), answer.Vectors[1].ToArray());
        for (var i = 0; i < texts.Length; i++) Assert.Equal((await EmbedAsync(texts[i])).Vectors[0].ToArray(), answer.Vectors[i].ToArray());
    }

    [Fact]
    public async Task What_was_read_is_counted()
    {
        var little = (await EmbedAsync("one")).Usage;
        var much = (await EmbedAsync([.. Enumerable.Repeat("one", 50)])).Usage;

        Assert.InRange(little.InputTokens, 1, 20);
        Assert.InRange(much.InputTokens, 50, 1000);
        Assert.Equal(0, much.OutputTokens);
    }

    [Fact]
    public async Task Vectors_are_as_long_as_asked_for()
    {
        Assert.SkipUnless(TakesDimensions, "has one length of vectors");

        Assert.Equal(16, (await Provider.EmbedAsync(Model, ["one"], 16, Ct)).Vectors[0].Length);
    }

    [Fact]
    public async Task An_unknown_model_is_rejected_and_not_worth_a_retry()
    {
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => Provider.EmbedAsync("nope", ["one"], null, Ct))).Fault;

        Assert.Equal((ProviderFaultKind.Rejected, false), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task A_canceled_call_ends_as_canceled()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Provider.EmbedAsync(Model, ["one"], null, caller.Token));
    }
}
