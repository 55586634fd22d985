using System.Collections.Concurrent;

namespace AIMake.Payments.Inbox;

/// <summary>
/// Keeps copies of an event off the database: those that come while another one is being taken in share its end, and those of an event that is
/// done need nothing. It only spares work: what one node does not remember, the database knows.
/// </summary>
internal sealed class CopyGate(TimeProvider time)
{
    /// <summary>Keys in one generation; two are kept. A key is some sixty characters, so that is a few megabytes at the very most.</summary>
    private const int Most = 10_000;

    /// <summary>Providers repeat within minutes what they repeat in bursts; what comes after hours may as well ask the database.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private HashSet<string> _done = new(StringComparer.Ordinal);
    private HashSet<string> _before = new(StringComparer.Ordinal);
    private long _since = time.GetTimestamp();

    /// <summary>Takes an event in, or waits for the copy that is just being taken in. Ends as that one ends, its failure included.</summary>
    /// <param name="takeIn">Returns whether the event is done, in a transaction that has committed.</param>
    public async Task PassAsync(string key, Func<Task<bool>> takeIn, CancellationToken ct)
    {
        while (!IsDone(key))
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = _underWay.GetOrAdd(key, mine.Task);
            if (first == mine.Task)
            {
                await LeadAsync(key, mine, takeIn);
                return;
            }

            try
            {
                await first.WaitAsync(ct);
                return;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Whoever brought that copy left before the end. This one is here.
            }
        }
    }

    private async Task LeadAsync(string key, TaskCompletionSource mine, Func<Task<bool>> takeIn)
    {
        try
        {
            if (await takeIn())
            {
                Remember(key);
            }

            _underWay.TryRemove(key, out _);
            mine.SetResult();
        }
        catch (Exception e)
        {
            _underWay.TryRemove(key, out _);
            if (e is OperationCanceledException)
            {
                mine.SetCanceled(CancellationToken.None);
            }
            else
            {
                mine.SetException(e);
                _ = mine.Task.Exception; // told to whoever leads, too
            }

            throw;
        }
    }

    private bool IsDone(string key)
    {
        lock (_gate)
        {
            return _done.Contains(key) || _before.Contains(key);
        }
    }

    private void Remember(string key)
    {
        lock (_gate)
        {
            if (_done.Count >= Most || time.GetElapsedTime(_since) > Age)
            {
                (_before, _done, _since) = (_done, new HashSet<string>(StringComparer.Ordinal), time.GetTimestamp());
            }

            _done.Add(key);
        }
    }
}
