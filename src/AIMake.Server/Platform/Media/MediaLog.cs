namespace AIMake.Platform.Media;

internal static partial class MediaLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "ffmpeg {ProcessId} failed: {Exit}")]
    public static partial void EncoderFailed(this ILogger log, int processId, Processes.ChildExit exit);

    [LoggerMessage(Level = LogLevel.Trace, Message = "ffmpeg {ProcessId} said: {Errors}")]
    public static partial void EncoderSaid(this ILogger log, int processId, string errors);
}
