namespace AIMake.Platform.Scheduling;

/// <summary>Messages of recurring work; ids 1040–1049.</summary>
internal static partial class SchedulingLog
{
    [LoggerMessage(1040, LogLevel.Information, "Recurring work is on: {Jobs} jobs as {Instance}")]
    public static partial void Started(ILogger log, int jobs, string instance);

    [LoggerMessage(1041, LogLevel.Debug, "{Job} ran in {Milliseconds} ms (recovering: {Recovering})")]
    public static partial void JobDone(ILogger log, string job, long milliseconds, bool recovering);

    [LoggerMessage(1042, LogLevel.Error, "{Job} failed; it runs again at its next time")]
    public static partial void JobFailed(ILogger log, Exception exception, string job);

    [LoggerMessage(1043, LogLevel.Debug, "{Job} is not a job of this version")]
    public static partial void UnknownJob(ILogger log, string job);

    [LoggerMessage(1044, LogLevel.Warning, "Recurring work cannot start yet; trying again in {Seconds} s")]
    public static partial void StartFailed(ILogger log, Exception exception, int seconds);
}
