namespace AIMake.Platform.Database;

/// <summary>
/// Lets callers that arrive together share one transaction: the first commits at once, on its own thread; those that arrive
/// meanwhile form the next group. Nobody waits for company, and under load one commit carries many.
/// </summary>
/// <param name="size">Most items in a group.</param>
/// <param name="commit">Does the whole group; answers in the order of the items.</param>
internal sealed class GroupCommit<TItem, TReply>(int size, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TReply>>> commit) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private TaskCompletionSource? _idle;
    private bool _busy;
    private bool _disposed;

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
        await CommitAsync(Take());
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
            await CommitAsync(Take());
        }
        while (HasMore());
    }

    private List<Waiting> Take()
    {
        lock (_gate)
        {
            var group = new List<Waiting>(Math.Min(size, _queue.Count));
            while (group.Count < size && _queue.TryDequeue(out var next))
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
    private async Task CommitAsync(List<Waiting> group)
    {
        try
        {
            var replies = await commit([.. group.Select(w => w.Item)]);
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Reply.SetResult(replies[i]);
            }
        }
        catch (Exception e) when (group.Count == 1)
        {
            group[0].Reply.SetException(e);
        }
        catch (Exception)
        {
            // One bad item must not take its neighbours down: each gets a transaction of its own.
            foreach (var one in group)
            {
                await CommitAsync([one]);
            }
        }
    }
}
