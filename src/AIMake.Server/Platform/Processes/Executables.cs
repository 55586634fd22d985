using System.Runtime.InteropServices;

namespace AIMake.Platform.Processes;

/// <summary>Finds programs, so that a missing one is a clear message and not an exit code from the tool that was to start it.</summary>
internal static partial class Executables
{
    /// <summary>The search path children get, whatever ours is.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static string? Find(string file)
    {
        if (file.Contains('/')) return IsExecutable(file) ? Path.GetFullPath(file) : null;
        var own = Environment.GetEnvironmentVariable("PATH") ?? "";
        return $"{own}:{SearchPath}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(IsExecutable);
    }

    public static string Require(string file) =>
        Find(file) ?? throw new ChildProcessException($"The program '{file}' is not installed or not executable.");

    private const int ExecuteOk = 1;

    private static bool IsExecutable(string path) => File.Exists(path) && Access(path, ExecuteOk) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
