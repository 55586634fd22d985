namespace AIMake.Platform.Storage;

/// <summary>Messages of file keeping; ids 1060–1069.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1060, LogLevel.Information, "Removed {Files} files that nothing named")]
    public static partial void Collected(ILogger log, int files);
}
