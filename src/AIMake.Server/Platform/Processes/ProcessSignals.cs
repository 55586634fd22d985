using System.Runtime.InteropServices;

namespace AIMake.Platform.Processes;

/// <summary>The one system call .NET does not offer: a signal to a whole process group.</summary>
internal static partial class ProcessSignals
{
    private const int Sigkill = 9;

    /// <summary>Kills every member of the group. True when there was one.</summary>
    public static bool KillGroup(int group) => group > 1 && Kill(-group, Sigkill) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
