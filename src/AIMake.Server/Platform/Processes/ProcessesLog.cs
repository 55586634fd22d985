namespace AIMake.Platform.Processes;

internal static partial class ProcessesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The process that cleans up after a crash is gone; it is started again with the next child")]
    public static partial void OrphanGuardLost(this ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} ({ProcessId}) was killed: {End}")]
    public static partial void ChildKilled(this ILogger log, string program, int processId, ChildEnd end);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Program} ({ProcessId}) ended: {Exit}")]
    public static partial void ChildEnded(this ILogger log, string program, int processId, ChildExit exit);
}
