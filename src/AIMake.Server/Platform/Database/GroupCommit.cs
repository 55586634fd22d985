using System.Threading.Channels;

namespace AIMake.Platform.Database;

/// <summary>
/// Lets callers that arrive together share one transaction: the first starts it at once, those that arrive while it runs
/// form the next group. Nobody waits for company, and under load one commit carries many.
/// </summary>
/// <param name="size">Most items in a group.</param>
/// <param name="commit">Does the whole group; answers in the order of the items.</param>
internal sealed class GroupCommit<TItem, TReply>(int size, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TReply>>> commit) : IAsyncDisposable
{
    private readonly Channel<Waiting> _queue = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private Task? _loop;

    private readonly record struct Waiting(TItem Item, TaskCompletionSource<TReply> Reply);

    /// <summary>Adds an item to the next group and waits for its reply. Once added, it is done even if the caller goes away.</summary>
    public Task<TReply> AddAsync(TItem item)
    {
        LazyInitializer.EnsureInitialized(ref _loop, () => Task.Run(LoopAsync));
        var reply = new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite(new Waiting(item, reply)) ? reply.Task : throw new ObjectDisposedException(nameof(GroupCommit<,>));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null)
        {
            await _loop;
        }
    }

    private async Task LoopAsync()
    {
        var group = new List<Waiting>(size);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (group.Count < size && _queue.Reader.TryRead(out var next))
            {
                group.Add(next);
            }

            await CommitAsync(group);
            group.Clear();
        }
    }

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
