using System.Diagnostics;

namespace AIMake.Platform.Processes;

/// <summary>
/// A running child, leader of its own process group. Whatever way it ends, by itself, at its deadline, over its output limit or
/// because it was cancelled, the whole group is killed before <see cref="Exit"/> completes.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ChildProcesses _owner;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stopDraining = new();
    private readonly ErrorTail _errors;
    private readonly ChildOutputStream _output;
    private readonly CancellationTokenRegistration _canceled;
    private ChildEnd _end = ChildEnd.Exited;
    private int _killed;
    private int _disposed;

    internal ChildProcess(ChildProcesses owner, Process process, ChildProcessSpec spec, TimeProvider time, CancellationToken ct)
    {
        _owner = owner;
        _process = process;
        Program = Path.GetFileName(spec.File);
        Id = process.Id;
        _errors = new ErrorTail(spec.ErrorTail);
        _output = new ChildOutputStream(process.StandardOutput.BaseStream, spec.OutputLimit, () => Kill(ChildEnd.OutputLimit));
        _deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Exit = WatchAsync();
        _deadline.Token.Register(() => Kill(ChildEnd.TimedOut));
        SetDeadline(spec.Deadline);
        _canceled = ct.Register(() => Kill(ChildEnd.Canceled));
    }

    /// <summary>Process id, which is also the id of its group and session.</summary>
    public int Id { get; }

    public string Program { get; }

    /// <summary>Standard input; dispose it to say that there is no more.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Standard output.</summary>
    public Stream Output => _output;

    /// <summary>Completes, and never faults, when nothing of the group is left.</summary>
    public Task<ChildExit> Exit { get; }

    /// <summary>Sets the remaining time to live, counted from now; null suspends the deadline.</summary>
    public void SetDeadline(TimeSpan? remaining)
    {
        try
        {
            _deadline.CancelAfter(remaining ?? Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Already over.
        }
    }

    /// <summary>Kills the group at once, with no chance to object.</summary>
    public void Kill() => Kill(ChildEnd.Canceled);

    /// <summary>For a child whose pipe has just broken: gives it a moment to tell how it ended, then makes it end.</summary>
    public async Task<ChildExit> EndAsync()
    {
        try
        {
            return await Exit.WaitAsync(TimeSpan.FromMilliseconds(500));
        }
        catch (TimeoutException)
        {
            Kill();
            return await Exit;
        }
    }

    private void Kill(ChildEnd reason)
    {
        if (Exit is { IsCompleted: true } || Interlocked.Exchange(ref _killed, 1) != 0) return;
        _end = reason;
        if (reason != ChildEnd.Canceled) _owner.Log.ChildKilled(Program, Id, reason);
        ProcessSignals.KillGroup(Id);
        // Until the first instruction of setsid has run there is no group yet, only the process.
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was faster.
        }
    }

    private async Task<ChildExit> WatchAsync()
    {
        var draining = _errors.DrainAsync(_process.StandardError.BaseStream, _stopDraining.Token);
        await _process.WaitForExitAsync();
        // The leader is gone; its children must not outlive it.
        ProcessSignals.KillGroup(Id);
        _owner.Forget(Id);
        _output.ProcessExited();
        _stopDraining.CancelAfter(TimeSpan.FromMilliseconds(250));
        await draining;
        var exit = Describe(_process.ExitCode);
        _owner.Log.ChildEnded(Program, Id, exit);
        return exit;
    }

    private ChildExit Describe(int code)
    {
        // .NET reports death by signal as 128 + signal.
        int? signal = code > 128 ? code - 128 : null;
        var end = _end != ChildEnd.Exited ? _end : signal is null ? ChildEnd.Exited : ChildEnd.Signaled;
        return new ChildExit(end, signal is null ? code : null, signal, _errors.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _canceled.DisposeAsync();
        Kill(ChildEnd.Canceled);
        await Exit;
        _deadline.Dispose();
        try
        {
            await _process.StandardInput.BaseStream.DisposeAsync();
        }
        catch (IOException)
        {
            // Unsent input of a dead child.
        }
        await _output.DisposeAsync();
        _stopDraining.Dispose();
        _process.Dispose();
    }
}
