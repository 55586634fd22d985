namespace AIMake.Platform.Processes;

/// <summary>How a child ended. By the time anyone sees this its whole process group is gone.</summary>
/// <param name="End">Who ended it.</param>
/// <param name="ExitCode">Its exit code when it left by itself.</param>
/// <param name="Signal">The signal it died of, ours included.</param>
/// <param name="ErrorTail">The end of what it wrote to standard error; may quote the input, so it is for Trace logs only.</param>
internal sealed record ChildExit(ChildEnd End, int? ExitCode, int? Signal, string ErrorTail)
{
    public bool Succeeded => End == ChildEnd.Exited && ExitCode == 0;

    /// <summary>Safe for any log: no text from the child.</summary>
    public override string ToString() => $"{End}, exit code {ExitCode?.ToString() ?? "none"}, signal {Signal?.ToString() ?? "none"}";
}

/// <summary>Who ended a child process.</summary>
internal enum ChildEnd
{
    /// <summary>It left by itself.</summary>
    Exited,

    /// <summary>A signal that we did not send: a crash, the kernel's limits, the out-of-memory killer.</summary>
    Signaled,

    /// <summary>We killed it at its deadline.</summary>
    TimedOut,

    /// <summary>We killed it because it wrote more than it may.</summary>
    OutputLimit,

    /// <summary>We killed it because nobody wants its result any more.</summary>
    Canceled,
}
