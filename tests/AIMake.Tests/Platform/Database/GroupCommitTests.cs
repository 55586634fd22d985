using System.Collections.Concurrent;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Tests.Platform.Database;

/// <summary>Who shares a commit with whom, and what one bad item does to the others.</summary>
public sealed class GroupCommitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lone_item_is_committed_at_once()
    {
        await using var group = new GroupCommit<int, int>(10, items => Task.FromResult<IReadOnlyList<int>>([.. items.Select(i => i * 2)]));
        Assert.Equal(42, await group.AddAsync(21));
    }

    [Fact]
    public async Task Who_arrives_during_a_commit_shares_the_next_one()
    {
        var open = new TaskCompletionSource();
        var groups = new ConcurrentQueue<int>();
        await using var group = new GroupCommit<int, int>(10, async items =>
        {
            groups.Enqueue(items.Count);
            await open.Task;
            return items;
        });
        var answers = Enumerable.Range(0, 24).Select(group.AddAsync).ToArray();

        open.SetResult();

        Assert.Equal(Enumerable.Range(0, 24), await Task.WhenAll(answers));
        Assert.Equal([1, 10, 10, 3], groups);
    }

    [Fact]
    public async Task Two_groups_are_never_committed_side_by_side()
    {
        var inside = 0;
        await using var group = new GroupCommit<int, int>(3, async items =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            return items;
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Task.Run(() => group.AddAsync(i), Ct)));

        Assert.Equal(Enumerable.Range(0, 2_000), answers);
    }

    /// <summary>A database that is away takes its time to say so: once for all who wait, not once for each.</summary>
    [Theory]
    [InlineData("DATABASE_UNAVAILABLE", 1)]
    [InlineData("OVERLOADED", 3)] // the first alone, the next group, one of it alone
    public async Task When_the_database_is_away_all_who_wait_are_told_at_once(string code, int commits)
    {
        var (open, asked, broken) = (new TaskCompletionSource(), 0, true);
        await using var group = new GroupCommit<int, int>(10, async items =>
        {
            await open.Task;
            Interlocked.Increment(ref asked);
            return broken ? throw new DatabaseFaultException(new(FaultCodes.All[code]), new TimeoutException()) : items;
        });
        var answers = Enumerable.Range(0, 500).Select(group.AddAsync).ToArray();

        open.SetResult();
        foreach (var answer in answers)
        {
            await Assert.ThrowsAsync<DatabaseFaultException>(() => answer);
        }

        Assert.Equal(commits, asked);
        broken = false;
        Assert.Equal(7, await group.AddAsync(7));
    }

    /// <summary>A row that somebody holds is its owner's bad luck alone.</summary>
    [Fact]
    public async Task One_item_the_database_is_too_busy_for_fails_alone()
    {
        var open = new TaskCompletionSource();
        await using var group = new GroupCommit<int, int>(10, async items =>
        {
            await open.Task;
            return items.Contains(3) ? throw new DatabaseFaultException(new(FaultCodes.Overloaded), new TimeoutException()) : items;
        });
        var answers = Enumerable.Range(0, 30).Select(group.AddAsync).ToArray();

        open.SetResult();

        await Assert.ThrowsAsync<DatabaseFaultException>(() => answers[3]);
        Assert.Equal(29, (await Task.WhenAll(answers.Where((_, i) => i != 3))).Length);
    }

    [Fact]
    public async Task One_bad_item_fails_alone()
    {
        var open = new TaskCompletionSource();
        await using var group = new GroupCommit<int, int>(10, async items =>
        {
            await open.Task;
            return items.Any(i => i == 3) ? throw new InvalidOperationException("three") : items;
        });
        var answers = Enumerable.Range(0, 6).Select(group.AddAsync).ToArray();

        open.SetResult();

        Assert.Equal("three", (await Assert.ThrowsAsync<InvalidOperationException>(() => answers[3])).Message);
        var others = await Task.WhenAll(answers.Where((_, i) => i != 3));
        Assert.Equal([0, 1, 2, 4, 5], others);
    }

    [Fact]
    public async Task What_was_added_is_done_before_the_end_and_nothing_is_added_after_it()
    {
        var open = new TaskCompletionSource();
        var group = new GroupCommit<int, int>(2, async items =>
        {
            await open.Task;
            return items;
        });
        var answers = Enumerable.Range(0, 5).Select(group.AddAsync).ToArray();
        var end = group.DisposeAsync().AsTask();

        Assert.False(end.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => group.AddAsync(9));
        open.SetResult();

        await end;
        Assert.All(answers, a => Assert.True(a.IsCompletedSuccessfully));
    }
}
