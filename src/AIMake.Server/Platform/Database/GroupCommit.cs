using AIMake.Platform.Faults;

namespace AIMake.Platform.Database;

/// <summary>
/// Lets callers that arrive together share one transaction: the first commits at once, on its own thread; those that arrive
/// meanwhile form the next group. Nobody waits for company, and under load one commit carries many. When the database is away or
/// takes nothing, all who wait are told with the first: one after the other they would wait for minutes.
/// </summary>
/// <param name="size">Most items in a group.</param>
/// <param name="commit">Does the whole group; answers in the order of the items.</param>
internal sealed class GroupCommit<TItem, TReply>(int size, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TReply>>> commit) : IAsyncDisposable
{
    /// <summary>So many items in a row that the database was too busy for are no longer those items' own bad luck.</summary>
    private const int Patience = 2;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private TaskCompletionSource? _idle;
    private bool _busy;
    private bool _disposed;
    private int _refused;

    private readonly record struct Waiting(TItem Item, TaskCompletionSource<TReply> Reply);

    /// <summary>Adds an item to the next group and waits for its reply. Once added, it is done even if the caller goes away.</summary>
    public Task<TReply> AddAsync(TItem item)
    {
        var waiting = new Waiting(item, new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _queue.Enqueue(waiting);
            if (_busy)
            {
                return waiting.Reply.Task;
            }

            _busy = true;
        }

        return LeadAsync(waiting.Reply.Task);
    }

    /// <summary>Takes nothing more, and waits until everything added is done.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? quiet;
        lock (_gate)
        {
            _disposed = true;
            quiet = _busy ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : null;
        }

        if (quiet is not null)
        {
            await quiet;
        }
    }

    /// <summary>Commits the group that begins with the caller's own item, and leaves the following ones to the pool.</summary>
    private async Task<TReply> LeadAsync(Task<TReply> own)
    {
        await CommitNextAsync();
        if (HasMore())
        {
            _ = Task.Run(FollowAsync);
        }

        return await own;
    }

    private async Task FollowAsync()
    {
        do
        {
            await CommitNextAsync();
        }
        while (HasMore());
    }

    private async Task CommitNextAsync()
    {
        if (await CommitAsync(Take(size)) is { } broken)
        {
            Fail(Take(int.MaxValue), broken);
        }
    }

    private List<Waiting> Take(int most)
    {
        lock (_gate)
        {
            var group = new List<Waiting>(Math.Min(most, _queue.Count));
            while (group.Count < most && _queue.TryDequeue(out var next))
            {
                group.Add(next);
            }

            return group;
        }
    }

    private bool HasMore()
    {
        lock (_gate)
        {
            if (_queue.Count > 0)
            {
                return true;
            }

            _busy = false;
            _idle?.TrySetResult();
            return false;
        }
    }

    /// <summary>Never throws: what went wrong is in the replies.</summary>
    /// <returns>The failure when it is the database's, so that what waits need not try; otherwise null.</returns>
    private async Task<DatabaseFaultException?> CommitAsync(List<Waiting> group)
    {
        try
        {
            var replies = await commit([.. group.Select(w => w.Item)]);
            _refused = 0;
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Reply.SetResult(replies[i]);
            }
        }
        catch (DatabaseFaultException e) when (IsBroken(e, group.Count))
        {
            Fail(group, e);
            return e;
        }
        catch (Exception e) when (group.Count == 1)
        {
            group[0].Reply.SetException(e);
        }
        catch (Exception)
        {
            return await CommitOneByOneAsync(group);
        }

        return null;
    }

    /// <summary>One bad item must not take its neighbours down: each gets a transaction of its own.</summary>
    private async Task<DatabaseFaultException?> CommitOneByOneAsync(List<Waiting> group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            if (await CommitAsync([group[i]]) is { } broken)
            {
                Fail(group[(i + 1)..], broken);
                return broken;
            }
        }

        return null;
    }

    /// <summary>Too busy may mean one locked row; away, or full, means everybody.</summary>
    private bool IsBroken(DatabaseFaultException e, int items) =>
        e.Fault.Code != FaultCodes.Overloaded || (items == 1 && ++_refused >= Patience);

    private static void Fail(List<Waiting> group, Exception e)
    {
        foreach (var one in group)
        {
            one.Reply.SetException(e);
        }
    }
}
