namespace AIMake.Usage;

/// <summary>Messages of usage; ids 1400–1499. Figures only.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(1400, LogLevel.Debug, "{Count} usage events added to the daily sums")]
    public static partial void RolledUp(ILogger log, long count);

    [LoggerMessage(1401, LogLevel.Information, "{Count} monthly partitions of usage events made")]
    public static partial void MonthsMade(ILogger log, int count);

    [LoggerMessage(1402, LogLevel.Information, "Usage events are being written; partitions will be made by a later run")]
    public static partial void MonthsLater(ILogger log);
}
