namespace AIMake.Video;

/// <summary>Messages of video; ids 9000–9099. Ids, lengths and counts, never prompts or links.</summary>
internal static partial class VideoLog
{
    [LoggerMessage(9000, LogLevel.Information, "Video {VideoId}: ordered at {Provider} as {TaskId}")]
    public static partial void Ordered(ILogger log, Guid videoId, string provider, string taskId);

    [LoggerMessage(9001, LogLevel.Warning, "Video {VideoId}: whether {Provider} took the order is not known; it is not placed again. Look for it in the account there")]
    public static partial void OrderLost(ILogger log, Guid videoId, string provider);

    [LoggerMessage(9002, LogLevel.Warning, "Video {VideoId}: {Provider} did not take the order: {Kind} at {Stage}, {Detail}")]
    public static partial void OrderFailed(ILogger log, Guid videoId, string provider, Providers.ProviderFaultKind kind, Providers.ProviderStage stage, string? detail);

    [LoggerMessage(9003, LogLevel.Information, "Video {VideoId}: asking {Provider} failed {Times} times in a row: {Kind}, {Detail}")]
    public static partial void PollFailed(ILogger log, Guid videoId, string provider, int times, Providers.ProviderFaultKind kind, string? detail);

    [LoggerMessage(9004, LogLevel.Warning, "Video {VideoId}: what {Provider} made could not be taken over, try {Times}: {Detail}")]
    public static partial void FetchFailed(ILogger log, Guid videoId, string provider, int times, string detail);

    [LoggerMessage(9005, LogLevel.Warning, "Video {VideoId}: {Provider} failed it: {Kind}, {Detail}")]
    public static partial void TaskFailed(ILogger log, Guid videoId, string provider, Providers.ProviderFaultKind kind, string? detail);

    [LoggerMessage(9006, LogLevel.Warning, "Video {VideoId}: {Provider} took longer than {Seconds} s")]
    public static partial void Late(ILogger log, Guid videoId, string provider, double seconds);

    [LoggerMessage(9007, LogLevel.Information, "Video {VideoId}: {Seconds:0.0} s, {Bytes} bytes from {Provider}, {Milliseconds} ms after it was ordered")]
    public static partial void Done(ILogger log, Guid videoId, double seconds, long bytes, string provider, long milliseconds);

    [LoggerMessage(9008, LogLevel.Information, "Video {VideoId}: nobody wants it any more; {Provider} was told: {Told}")]
    public static partial void LetGo(ILogger log, Guid videoId, string provider, bool told);

    [LoggerMessage(9009, LogLevel.Information, "A notice of {Vendor} was turned away: {Why}")]
    public static partial void NoticeRefused(ILogger log, string vendor, string why);
}
