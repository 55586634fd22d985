using AIMake.Providers;

namespace AIMake.Tests.Providers;

/// <summary>What every way of making pictures promises. A vendor's tests inherit this and add what is its own.</summary>
public abstract class ImageProviderContract
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract IImageProvider Provider { get; }

    /// <summary>A model this provider has.</summary>
    private protected abstract string Model { get; }

    /// <summary>A size or ratio the model has; null lets the vendor choose.</summary>
    private protected virtual string? Size => null;

    /// <summary>Whether one request can make several pictures.</summary>
    private protected virtual bool MakesSeveral => true;

    /// <summary>Whether it can begin from a picture.</summary>
    private protected virtual bool Edits => true;

    private protected ImageRequest Request(string prompt) => new(Model, prompt, Size: Size);

    private protected async Task<ProviderFault> FaultAsync(ImageRequest request) =>
        (await Assert.ThrowsAsync<ProviderException>(() => Provider.GenerateAsync(request, Ct))).Fault;

    [Fact]
    public async Task A_picture_comes_as_bytes_that_are_one()
    {
        var answer = await Provider.GenerateAsync(Request("a fox in the snow"), Ct);

        var picture = Assert.Single(answer.Images);
        Assert.Equal(picture.MimeType, MadeMedia.MimeType(picture.Bytes.Span));
        Assert.StartsWith("image/", picture.MimeType, StringComparison.Ordinal);
        Assert.Equal(1, answer.Usage.Count);
    }

    [Fact]
    public async Task As_many_are_made_as_were_asked_for_and_counted()
    {
        Assert.SkipUnless(MakesSeveral, "makes one at a time");

        var answer = await Provider.GenerateAsync(Request("three foxes") with { Count = 3 }, Ct);

        Assert.Equal((3, 3), (answer.Images.Count, answer.Usage.Count));
    }

    [Fact]
    public async Task A_picture_is_made_from_another()
    {
        Assert.SkipUnless(Edits, "begins from words only");
        var first = (await Provider.GenerateAsync(Request("a fox"), Ct)).Images[0];
        var source = new MediaInput(first.Bytes, first.MimeType, "fox.png");

        var second = Assert.Single((await Provider.GenerateAsync(Request("the same fox, blue") with { Sources = [source] }, Ct)).Images);

        Assert.NotEqual(first.Bytes.ToArray(), second.Bytes.ToArray());
    }

    [Theory]
    [InlineData("\"quotes\", \\backslashes\\ and \t tabs\n and lines")]
    [InlineData("一只狐狸 🦊 e\u0301")]
    [InlineData("--boundary\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nother")]
    public async Task Any_prompt_is_just_words(string prompt) => Assert.Single((await Provider.GenerateAsync(Request(prompt), Ct)).Images);

    [Fact]
    public async Task An_unknown_model_is_rejected_and_not_worth_a_retry()
    {
        var fault = await FaultAsync(Request("a fox") with { Model = "nope" });

        Assert.Equal((ProviderFaultKind.Rejected, false), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task A_canceled_call_ends_as_canceled()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Provider.GenerateAsync(Request("a fox"), caller.Token));
    }
}
