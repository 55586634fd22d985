namespace AIMake.Generations;

/// <summary>Messages of the queue; ids 1300–1399.</summary>
internal static partial class GenerationsLog
{
    [LoggerMessage(1300, LogLevel.Warning, "The event listener lost its connection ({Reason}); it reconnects")]
    public static partial void ListenerLost(ILogger log, string reason);

    [LoggerMessage(1301, LogLevel.Error, "Generation {Id} of kind {Kind} threw on attempt {Attempt}")]
    public static partial void HandlerThrew(ILogger log, Exception exception, Guid id, string kind, int attempt);

    [LoggerMessage(1302, LogLevel.Warning, "Generation {Id} lost its lease; its run is stopped and changes nothing")]
    public static partial void LeaseLost(ILogger log, Guid id);

    [LoggerMessage(1303, LogLevel.Warning, "Generation {Id} passed its deadline of {Seconds} s")]
    public static partial void DeadlinePassed(ILogger log, Guid id, double seconds);

    [LoggerMessage(1304, LogLevel.Information, "Took over {Count} generations from workers that died")]
    public static partial void TookOver(ILogger log, int count);

    [LoggerMessage(1305, LogLevel.Warning, "The queue could not be read ({Reason}); trying again")]
    public static partial void QueueUnreachable(ILogger log, Exception exception, string reason);

    [LoggerMessage(1306, LogLevel.Warning, "Upkeep of the queue failed in {Step}; it is tried again")]
    public static partial void UpkeepFailed(ILogger log, Exception exception, string step);

    [LoggerMessage(1307, LogLevel.Error, "The end of generation {Id} could not be recorded ({Reason}); the reaper will decide")]
    public static partial void EndNotRecorded(ILogger log, Exception exception, Guid id, string reason);

    [LoggerMessage(1308, LogLevel.Information, "Draining: {Count} generations still running")]
    public static partial void Draining(ILogger log, int count);
}
