using System.Diagnostics;

namespace AIMake.Platform.Processes;

/// <summary>
/// A tiny process that outlives us. It is told which groups exist over a pipe; when the pipe closes, because the server was
/// killed without a chance to clean up, it kills them. The parent-death signal alone reaches only the child itself, not what
/// the child has started. Used from the spawner's thread only.
/// </summary>
internal sealed class OrphanGuard(ILogger log) : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        groups=' '
        while read -r sign group; do
          case $sign in
            +) groups="$groups$group " ;;
            -) groups="${groups%%" $group "*} ${groups#*" $group "}" ;;
          esac
        done
        for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
        """;

    private readonly HashSet<int> _groups = [];
    private Process? _process;

    public void Watch(int group)
    {
        _groups.Add(group);
        if (_process is null or { HasExited: true }) Restart();
        else Tell('+', group);
    }

    public void Forget(int group)
    {
        if (_groups.Remove(group) && _process is { HasExited: false }) Tell('-', group);
    }

    private void Restart()
    {
        _process?.Dispose();
        var start = ProcessSpawner.Describe(Executables.Require("setsid"), ["sh", "-c", Script], "/");
        _process = Process.Start(start)!;
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.StandardInput.AutoFlush = true;
        foreach (var group in _groups) Tell('+', group);
    }

    private void Tell(char sign, int group)
    {
        try
        {
            _process!.StandardInput.Write($"{sign} {group}\n");
        }
        catch (IOException e)
        {
            log.OrphanGuardLost(e);
        }
    }

    /// <summary>Closing the pipe makes the guard kill what is still registered, then leave.</summary>
    public void Dispose()
    {
        if (_process is null) return;
        try
        {
            _process.StandardInput.Dispose();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(2))) _process.Kill();
        }
        catch (IOException)
        {
            // The guard is already gone, and with it the reason to talk to it.
        }
        _process.Dispose();
    }
}
