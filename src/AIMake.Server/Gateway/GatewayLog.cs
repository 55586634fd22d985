namespace AIMake.Gateway;

/// <summary>Messages of the gateway; ids 8000–8099. Ids, names and counts, never content or keys.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(8000, LogLevel.Warning, "A round of renewing holds failed; the next follows")]
    public static partial void RoundFailed(ILogger log, Exception e);

    [LoggerMessage(8001, LogLevel.Warning, "The charge of {Operation} could not be written and will be tried again")]
    public static partial void ChargeDelayed(ILogger log, Exception e, Guid operation);

    [LoggerMessage(8002, LogLevel.Warning, "{Provider} reported usage that cannot be for {Operation}; our own count is charged instead")]
    public static partial void UsageAbsurd(ILogger log, string provider, Guid operation);

    [LoggerMessage(8004, LogLevel.Warning, "The database has forgotten the hold of {Operation}; it is held and charged anew")]
    public static partial void HoldForgotten(ILogger log, Guid operation);

    [LoggerMessage(8005, LogLevel.Warning, "The answer of keyed call {Id} could not be kept; it was delivered and is charged")]
    public static partial void AnswerNotKept(ILogger log, Exception e, Guid id);

    [LoggerMessage(8006, LogLevel.Warning, "The end of keyed call {Id} could not be written; its lease will run out")]
    public static partial void KeyNotEnded(ILogger log, Exception e, Guid id);

    [LoggerMessage(8003, LogLevel.Warning, "{Provider} broke off the stream of {Operation}: {Kind} at {Stage}, {Detail}")]
    public static partial void StreamBroken(ILogger log, string provider, Guid operation, Providers.ProviderFaultKind kind, Providers.ProviderStage stage, string? detail);
}
