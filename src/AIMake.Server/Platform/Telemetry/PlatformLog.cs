namespace AIMake.Platform;

/// <summary>Messages of the platform; ids 1000–1099. Ids and lengths, never content, keys or tokens.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(1000, LogLevel.Error, "Request failed with {Code} ({RequestId})")]
    public static partial void RequestFailed(ILogger log, Exception exception, string code, string requestId);

    [LoggerMessage(1001, LogLevel.Information, "Database ready: {Migrations} migrations applied in {Milliseconds} ms")]
    public static partial void DatabaseReady(ILogger log, int migrations, long milliseconds);

    [LoggerMessage(1002, LogLevel.Warning, "The private database had died and was started again")]
    public static partial void DatabaseRevived(ILogger log);

    [LoggerMessage(1003, LogLevel.Error, "The private database has died and does not start")]
    public static partial void DatabaseNotRevived(ILogger log, Exception exception);
}
