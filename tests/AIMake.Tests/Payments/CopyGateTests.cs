using AIMake.Payments.Inbox;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments;

/// <summary>Copies of one event cost the database once.</summary>
public sealed class CopyGateTests
{
    private readonly CopyGate _gate = new(new ManualTime());
    private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_that_come_together_share_one_end_and_later_ones_need_nothing()
    {
        var copies = Enumerable.Range(0, 20).Select(_ => _gate.PassAsync("a", TakeIn, Ct)).ToList();
        var other = _gate.PassAsync("b", () => Task.FromResult(true), Ct);

        await other;
        Assert.All(copies, c => Assert.False(c.IsCompleted)); // nobody is thanked before the end
        _end.SetResult(true);
        await Task.WhenAll(copies);
        await _gate.PassAsync("a", TakeIn, Ct);

        Assert.Equal(1, _taken);
    }

    [Fact]
    public async Task What_is_not_done_yet_is_looked_at_again_by_each_copy()
    {
        await _gate.PassAsync("a", () => Task.FromResult(false), Ct);
        _end.SetResult(false);
        await _gate.PassAsync("a", TakeIn, Ct);
        await _gate.PassAsync("a", TakeIn, Ct);

        Assert.Equal(2, _taken);
    }

    [Fact]
    public async Task A_failure_is_that_of_every_copy_that_waited_and_the_next_one_tries_anew()
    {
        var copies = Enumerable.Range(0, 5).Select(_ => _gate.PassAsync("a", TakeIn, Ct)).ToList();
        _end.SetException(new InvalidOperationException("the database is away"));

        foreach (var copy in copies)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => copy);
        }

        await _gate.PassAsync("a", () => Task.FromResult(true), Ct);
        Assert.Equal(1, _taken);
    }

    [Fact]
    public async Task When_whoever_brought_the_first_copy_leaves_another_takes_its_place()
    {
        var first = _gate.PassAsync("a", TakeIn, Ct);
        var second = _gate.PassAsync("a", () => Task.FromResult(++_taken > 0), Ct);
        _end.SetCanceled(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second;
        Assert.Equal(2, _taken);
    }

    private Task<bool> TakeIn()
    {
        _taken++;
        return _end.Task;
    }
}
