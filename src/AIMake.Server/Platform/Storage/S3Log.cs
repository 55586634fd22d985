namespace AIMake.Platform.Storage;

/// <summary>Messages of the bucket; ids 1050–1059.</summary>
internal static partial class S3Log
{
    [LoggerMessage(1050, LogLevel.Warning, "The bucket answered with a tag of other bytes for {Key}, attempt {Attempt}")]
    public static partial void WrongTag(ILogger log, string key, int attempt);

    [LoggerMessage(1051, LogLevel.Error, "The bucket failed: {Code} ({Status})")]
    public static partial void Failed(ILogger log, string code, int status, Exception exception);

    [LoggerMessage(1052, LogLevel.Warning, "Reading {Key} from the bucket broke off at {Position}; going on from there")]
    private static partial void BrokeOff(ILogger log, string key, long position);

    public static Action<long> Resumed(ILogger log, string key) => position => BrokeOff(log, key, position);
}
