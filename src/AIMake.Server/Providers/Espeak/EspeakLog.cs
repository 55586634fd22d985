namespace AIMake.Providers.Espeak;

internal static partial class EspeakLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "espeak-ng worker {ProcessId} is ready: version {Version}, {SampleRate} Hz")]
    public static partial void WorkerStarted(this ILogger log, int processId, string version, int sampleRate);

    [LoggerMessage(Level = LogLevel.Information, Message = "espeak-ng worker {ProcessId} is replaced after {Requests} requests (healthy: {Healthy})")]
    public static partial void WorkerRetired(this ILogger log, int processId, int requests, bool healthy);

    [LoggerMessage(Level = LogLevel.Warning, Message = "espeak-ng failed on {Characters} characters and is asked once more: {Fault}")]
    public static partial void SpeakingAgain(this ILogger log, int characters, ProviderFault fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "espeak-ng could not be warmed up: {Fault}")]
    public static partial void NotWarm(this ILogger log, ProviderFault fault);
}
