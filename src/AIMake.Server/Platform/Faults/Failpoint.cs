using System.Collections.Concurrent;
using System.Diagnostics;

namespace AIMake.Platform.Faults;

/// <summary>
/// Places where tests make a process die, fail or wait: <c>FAULT=name:action[,name:action]</c> with actions <c>kill</c>,
/// <c>throw</c> and <c>sleep=milliseconds</c>. Each acts once per process. Release builds carry none of it.
/// </summary>
internal static class Failpoint
{
    private static readonly ConcurrentDictionary<string, string> Armed = Read(Environment.GetEnvironmentVariable("FAULT"));

    [Conditional("DEBUG")]
    public static void Hit(string name)
    {
        if (Armed.IsEmpty || !Armed.TryRemove(name, out var action))
        {
            return;
        }

        switch (action.Split('='))
        {
            case ["kill"]:
                Process.GetCurrentProcess().Kill(); // SIGKILL: nothing is flushed, no handler runs
                Thread.Sleep(Timeout.Infinite);
                break;
            case ["sleep", var milliseconds]:
                Thread.Sleep(int.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                throw new IOException($"failpoint {name}");
        }
    }

    private static ConcurrentDictionary<string, string> Read(string? setting) => new(
        (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(':')).ToDictionary(f => f[0], f => f[1]));
}
