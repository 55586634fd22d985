using System.Runtime.InteropServices;

namespace AIMake.Accounts.Passwords;

/// <summary>
/// Two threads of their own that step back for everything else, so that hashing takes what is idle and calls in flight feel little of it: on a busy
/// machine sign-ins slow down and never stop. The first takes whatever comes; the second joins when something has waited for a while, so that
/// a few sign-ins leave the other cores alone. They start with the first hash. Programs of other sessions or containers, the database among them, do
/// not notice the niceness where the kernel shares the processor between those first (autogroups, cgroups): <c>doctor</c> says so.
/// </summary>
internal sealed partial class HashingLane : IDisposable
{
    /// <summary>On a busy core a thread of this niceness gets about a tenth of what others get.</summary>
    public const int Niceness = 10;

    /// <summary>How long something waits before the second thread takes it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly object _gate = new();
    private readonly Queue<(Action Work, long Since)> _waiting = [];
    private readonly TimeProvider _time;
    private bool _started;
    private bool _ended;

    /// <param name="time">How long something has waited is told by it.</param>
    public HashingLane(TimeProvider time) => _time = time;

    /// <summary>Does the work in its turn. What was cancelled before its turn is not done.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            Start();
            _waiting.Enqueue((() => Do(work, done, ct), _time.GetTimestamp()));
            Monitor.PulseAll(_gate);
        }

        return done.Task;
    }

    /// <summary>What waits is left undone; the threads end by themselves.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private static void Do<T>(Func<T> work, TaskCompletionSource<T> done, CancellationToken ct)
    {
        try
        {
            if (ct.IsCancellationRequested)
            {
                done.SetCanceled(ct);
            }
            else
            {
                done.SetResult(work());
            }
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Start()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        foreach (var after in (TimeSpan[])[TimeSpan.Zero, Patience])
        {
            new Thread(() => Loop(after)) { IsBackground = true, Name = "hashing" }.Start();
        }
    }

    private void Loop(TimeSpan after)
    {
        _ = SetPriority(0, 0, Niceness); // of this thread alone; refused, it works at the usual one
        while (Take(after) is { } work)
        {
            work();
        }
    }

    /// <summary>Waits for something that has waited for so long; null at the end.</summary>
    private Action? Take(TimeSpan after)
    {
        lock (_gate)
        {
            while (!_ended)
            {
                var left = _waiting.TryPeek(out var first) ? after - _time.GetElapsedTime(first.Since) : Timeout.InfiniteTimeSpan;
                if (_waiting.Count > 0 && left <= TimeSpan.Zero)
                {
                    return _waiting.Dequeue().Work;
                }

                Monitor.Wait(_gate, left < TimeSpan.FromMilliseconds(1) && _waiting.Count > 0 ? TimeSpan.FromMilliseconds(1) : left);
            }

            return null;
        }
    }

    /// <summary>setpriority(2): <c>which</c> 0 means a process, which Linux takes for a thread, and <c>who</c> 0 the caller.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
