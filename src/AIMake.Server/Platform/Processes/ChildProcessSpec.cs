namespace AIMake.Platform.Processes;

/// <summary>What to run and how far it may go. Arguments are a list and reach the program as they are: no shell ever reads them.</summary>
/// <param name="File">Name looked up in <c>PATH</c>, or an absolute path.</param>
/// <param name="Arguments">One element per argument.</param>
internal sealed record ChildProcessSpec(string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>Time to live from the start; null means until told otherwise by <see cref="ChildProcess.SetDeadline"/>.</summary>
    public TimeSpan? Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of standard output after which the child is killed.</summary>
    public long OutputLimit { get; init; } = 1L << 30;

    /// <summary>How much of the end of standard error is kept, in bytes.</summary>
    public int ErrorTail { get; init; } = 64 * 1024;

    /// <summary>Kernel limits set before the program starts.</summary>
    public ProcessLimits Limits { get; init; } = new();

    /// <summary>Where the child runs; defaults to the root directory so that no relative path means anything.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Added to the minimal environment every child gets. Nothing of our own environment is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
