using AIMake.Accounts.Passwords;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Passwords;

public sealed class HashingLaneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Field 19 of proc(5)'s stat file.</summary>
    [Fact]
    public async Task Work_is_done_on_a_thread_that_steps_back_for_others()
    {
        using var lane = new HashingLane(TimeProvider.System);

        var stat = await lane.RunAsync(() => File.ReadAllText("/proc/thread-self/stat"), Ct);

        Assert.Equal($"{HashingLane.Niceness}", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);
    }

    [Fact]
    public async Task A_second_thread_joins_when_something_has_waited_for_long_and_not_before()
    {
        var time = new ManualTime();
        using var lane = new HashingLane(time);
        using var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var blocked = lane.RunAsync(() => { began.SetResult(); gate.Wait(Ct); return 1; }, Ct);
        await began.Task;
        var waiting = lane.RunAsync(() => 2, Ct);

        time.Advance(HashingLane.Patience - TimeSpan.FromMilliseconds(1));
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(HashingLane.Patience * 2, Ct)));
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, await waiting);
        Assert.False(blocked.IsCompleted);
        gate.Set();
        Assert.Equal(1, await blocked);
    }

    [Fact]
    public async Task What_was_cancelled_before_its_turn_is_not_done_and_a_failure_is_told()
    {
        using var lane = new HashingLane(new ManualTime());
        using var gate = new ManualResetEventSlim();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var first = lane.RunAsync(() => { gate.Wait(Ct); return true; }, Ct);
        var cancelled = lane.RunAsync<bool>(() => throw new InvalidOperationException("done all the same"), left.Token);
        var failing = lane.RunAsync<bool>(() => throw new InvalidOperationException("no"), Ct);

        await left.CancelAsync();
        gate.Set();

        Assert.True(await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
    }
}
