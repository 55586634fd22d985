using AIMake.Providers.Routing;

namespace AIMake.Providers;

/// <summary>Messages about providers; ids 2000–2099. Ids and lengths, never content, keys or a vendor's own words.</summary>
internal static partial class ProvidersLog
{
    [LoggerMessage(2000, LogLevel.Debug, "{Provider} {Model} spoke {Length} units of text: {AudioSeconds:F2} s of sound in {Milliseconds} ms")]
    public static partial void CallEnded(this ILogger log, string provider, string model, int length, double audioSeconds, long milliseconds);

    [LoggerMessage(2001, LogLevel.Warning, "{Provider} {Model} failed on {Length} units of text: {Kind} at {Stage} ({Party}), {Detail}; {AudioSeconds:F2} s of sound, {Milliseconds} ms")]
    public static partial void CallFailed(this ILogger log, string provider, string model, int length, ProviderFaultKind kind, ProviderStage stage, ProviderParty party, string? detail, double audioSeconds, long milliseconds);

    [LoggerMessage(2002, LogLevel.Debug, "{Provider} {Model} was left after {AudioSeconds:F2} s of sound and {Milliseconds} ms, on {Length} units of text")]
    public static partial void CallLeft(this ILogger log, string provider, string model, int length, double audioSeconds, long milliseconds);

    [LoggerMessage(2004, LogLevel.Debug, "{Provider} {Model} answered in {Milliseconds} ms")]
    public static partial void CallEnded(this ILogger log, string provider, string model, long milliseconds);

    [LoggerMessage(2005, LogLevel.Warning, "{Provider} {Model} failed: {Kind} at {Stage} ({Party}), {Detail}; {Milliseconds} ms")]
    public static partial void CallFailed(this ILogger log, string provider, string model, ProviderFaultKind kind, ProviderStage stage, ProviderParty party, string? detail, long milliseconds);

    [LoggerMessage(2006, LogLevel.Debug, "{Provider} {Model} was left after {Milliseconds} ms")]
    public static partial void CallLeft(this ILogger log, string provider, string model, long milliseconds);

    [LoggerMessage(2007, LogLevel.Warning, "{Provider}: key {KeyId} {What}, {Detail}")]
    public static partial void KeyChanged(this ILogger log, string provider, Guid keyId, KeyEventKind what, string? detail);

    [LoggerMessage(2008, LogLevel.Warning, "{Provider}: key {KeyId} of the pool does not open and is not used: {Why}")]
    public static partial void KeyShut(this ILogger log, string provider, Guid keyId, string why);

    [LoggerMessage(2009, LogLevel.Warning, "The keys of the pools could not be looked at; those known stay in use")]
    public static partial void PoolsNotRead(this ILogger log, Exception e);

    [LoggerMessage(2010, LogLevel.Warning, "{Count} events of keys could not be kept")]
    public static partial void KeyEventsLost(this ILogger log, int count, Exception e);
}
