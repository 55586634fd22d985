using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AIMake.Gateway.Translation;
using AIMake.Providers;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>An answer that has begun is read by whoever comes, and hung up on once.</summary>
public sealed class BegunChatTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_loses_patience_loses_no_word()
    {
        var vendor = new Vendor();
        vendor.Say("one");
        using var begun = await BegunChat.OpenAsync(vendor, new ChatRequest("m", []), Ct);
        Assert.Equal("one", (await begun.NextAsync(Ct))!.Text);
        using var leaving = new CancellationTokenSource();
        var reading = begun.NextAsync(leaving.Token).AsTask();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        vendor.Say("two");
        vendor.End();

        Assert.Equal("two", (await begun.NextAsync(Ct))!.Text);
        Assert.Null(await begun.NextAsync(Ct));
        Assert.False(vendor.HungUp.IsCompleted);
    }

    [Fact]
    public async Task Who_is_done_with_it_hangs_up()
    {
        var vendor = new Vendor();
        vendor.Say("one");
        var begun = await BegunChat.OpenAsync(vendor, new ChatRequest("m", []), Ct);

        begun.Dispose();

        await vendor.HungUp.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Who_leaves_before_the_first_word_hangs_up_too()
    {
        var vendor = new Vendor();
        using var leaving = new CancellationTokenSource();
        var opening = BegunChat.OpenAsync(vendor, new ChatRequest("m", []), leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await vendor.HungUp.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task An_answer_without_a_word_is_none()
    {
        var vendor = new Vendor();
        vendor.End();

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => BegunChat.OpenAsync(vendor, new ChatRequest("m", []), Ct))).Fault;

        Assert.Equal(ProviderFaultKind.InvalidResponse, fault.Kind);
    }

    /// <summary>Says what it is told to say.</summary>
    private sealed class Vendor : IChatProvider
    {
        private readonly Channel<ChatDelta> _words = Channel.CreateUnbounded<ChatDelta>();
        private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HungUp => _hungUp.Task;

        public void Say(string text) => _words.Writer.TryWrite(new ChatDelta(text));

        public void End() => _words.Writer.Complete();

        public async IAsyncEnumerable<ChatDelta> StreamAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken ct)
        {
            try
            {
                await foreach (var delta in _words.Reader.ReadAllAsync(ct))
                {
                    yield return delta;
                }
            }
            finally
            {
                if (ct.IsCancellationRequested)
                {
                    _hungUp.TrySetResult(); // a registration on the token could be gone before it is called: the reader hears of it as well
                }
            }
        }
    }
}
