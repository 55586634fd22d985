namespace AIMake.Platform;

/// <summary>Messages of the platform; ids 1000–1099. Ids and lengths, never content, keys or tokens.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(1000, LogLevel.Error, "Request failed with {Code} ({RequestId})")]
    public static partial void RequestFailed(ILogger log, Exception exception, string code, string requestId);

    [LoggerMessage(1001, LogLevel.Information, "Database ready: {Migrations} migrations applied in {Milliseconds} ms")]
    public static partial void DatabaseReady(ILogger log, int migrations, long milliseconds);
}
