using System.Runtime.InteropServices;
using AIMake.Platform.Processes;

namespace AIMake.Providers.Espeak;

/// <summary>How to start a worker from wherever this assembly runs: the published executable, <c>dotnet run</c>, or a test host.</summary>
internal static class EspeakWorkerCommand
{
    public static ChildProcessSpec Build(EspeakOptions options)
    {
        var command = options.WorkerCommand is { Length: > 0 } configured ? configured : Own();
        return new ChildProcessSpec(command[0], [.. command.Skip(1)])
        {
            Deadline = null,
            OutputLimit = long.MaxValue,
            Limits = new ProcessLimits { CpuSeconds = options.CpuSecondsPerWorker, AddressSpace = 4L << 30, FileSize = 64 << 20 },
            Environment = SmallRuntime(options),
        };
    }

    private static string[] Own()
    {
        var assembly = typeof(EspeakWorkerCommand).Assembly.Location;
        var executable = Path.ChangeExtension(assembly, null);
        return File.Exists(executable)
            ? [executable, EspeakWorkerProcess.Argument]
            : [Path.Combine(DotnetRoot(), "dotnet"), assembly, EspeakWorkerProcess.Argument];
    }

    /// <summary>The runtime's folder holds shared/Microsoft.NETCore.App/version; its root is three levels up.</summary>
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>A worker holds a few kilobytes of managed memory: small heap, no background collector, no diagnostics port.</summary>
    private static Dictionary<string, string> SmallRuntime(EspeakOptions options)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_ROOT"] = DotnetRoot(),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_GCHeapHardLimit"] = "0x4000000",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        if (!string.IsNullOrEmpty(options.DataPath)) environment[EspeakWorkerProcess.DataPathVariable] = options.DataPath;
        return environment;
    }
}
