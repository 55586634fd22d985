using System.Diagnostics;
using System.Globalization;

namespace AIMake.Bench;

/// <summary>What benchmarks share: where the repository is, processes, and verdicts.</summary>
internal sealed class BenchRun
{
    public bool AllHold { get; private set; } = true;

    public string Root { get; } = FindRoot();

    public async Task PrintMachineAsync()
    {
        var model = (await File.ReadAllLinesAsync("/proc/cpuinfo")).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        Console.WriteLine($"{Environment.ProcessorCount} cores, {model}, load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}, .NET {Environment.Version}");
    }

    /// <summary>Prints a ratio against its limit and remembers whether it held.</summary>
    /// <param name="atLeast">True when larger is better.</param>
    public void Verdict(string what, double value, double limit, bool atLeast)
    {
        var holds = atLeast ? value >= limit : value <= limit;
        AllHold &= holds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{(holds ? "HOLDS " : "BROKEN")} {what}: {value:0.###} ({(atLeast ? "at least" : "at most")} {limit})"));
    }

    /// <returns>Standard output of a command that succeeded.</returns>
    public static async Task<string> OutputOfAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{file} exited with {process.ExitCode}");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AIMake.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run the benchmarks inside the repository.");
        }

        return folder;
    }
}
