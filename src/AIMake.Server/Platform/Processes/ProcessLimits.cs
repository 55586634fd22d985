using System.Globalization;

namespace AIMake.Platform.Processes;

/// <summary>Resource limits the kernel enforces on a child and on everything it starts; null leaves one unset.</summary>
internal sealed record ProcessLimits
{
    /// <summary>Processor seconds before the kernel kills it: the answer to a busy loop.</summary>
    public int? CpuSeconds { get; init; } = 600;

    /// <summary>Virtual memory in bytes.</summary>
    public long? AddressSpace { get; init; } = 4L << 30;

    /// <summary>Largest file it may write, in bytes.</summary>
    public long? FileSize { get; init; } = 2L << 30;

    /// <summary>Processes and threads of the user; bounds a fork bomb when we do not run as root.</summary>
    public int? Processes { get; init; } = 4096;

    internal IEnumerable<string> ToArguments()
    {
        yield return "--core=0";
        if (CpuSeconds is { } cpu) yield return Option("cpu", cpu);
        if (AddressSpace is { } space) yield return Option("as", space);
        if (FileSize is { } size) yield return Option("fsize", size);
        if (Processes is { } processes) yield return Option("nproc", processes);
    }

    private static string Option(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
}
