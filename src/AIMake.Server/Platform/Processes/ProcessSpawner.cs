using System.Collections.Concurrent;
using System.Diagnostics;

namespace AIMake.Platform.Processes;

/// <summary>
/// Starts all children from one thread that lives as long as the server. The kernel sends the parent-death signal when the
/// <em>thread</em> that forked ends, so a child started from the thread pool would be killed whenever the pool shrinks.
/// </summary>
internal sealed class ProcessSpawner : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public ProcessSpawner()
    {
        _thread = new Thread(() => { foreach (var start in _work.GetConsumingEnumerable()) start(); })
        {
            IsBackground = true,
            Name = "process spawner",
        };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="start"/> on the spawning thread.</summary>
    public Task<T> RunAsync<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Runs <paramref name="action"/> on the spawning thread some time, unless the server is already ending.</summary>
    public void Post(Action action)
    {
        try
        {
            _work.Add(action);
        }
        catch (InvalidOperationException)
        {
            // Disposed: whoever disposed it has cleaned up.
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join(TimeSpan.FromSeconds(5));
        _work.Dispose();
    }

    /// <summary>A start description with redirected pipes and an environment that holds nothing of ours.</summary>
    public static ProcessStartInfo Describe(string file, IEnumerable<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Executables.SearchPath;
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["HOME"] = "/nonexistent";
        return start;
    }
}
