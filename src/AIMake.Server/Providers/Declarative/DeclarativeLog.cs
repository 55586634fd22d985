namespace AIMake.Providers.Declarative;

/// <summary>Messages about providers described by files; ids 2080–2089.</summary>
internal static partial class DeclarativeLog
{
    [LoggerMessage(2080, LogLevel.Information, "Provider {Provider} is described by its file: {Models} models, {Voices} voices, at {Host}")]
    public static partial void Described(this ILogger log, string provider, int models, int voices, string host);

    [LoggerMessage(2081, LogLevel.Error, "The file of provider {Provider} cannot be used; {Consequence}: {Problems}")]
    public static partial void Broken(this ILogger log, string provider, string consequence, string problems);

    [LoggerMessage(2082, LogLevel.Information, "Provider {Provider} is gone with its file")]
    public static partial void Gone(this ILogger log, string provider);

    [LoggerMessage(2083, LogLevel.Error, "The folder of providers {Folder} cannot be read: {Reason}")]
    public static partial void Unreadable(this ILogger log, string folder, string reason);

    [LoggerMessage(2084, LogLevel.Warning, "The file of provider {Provider} names another host; its key was given for {First} and is not sent to {Host} before a restart")]
    public static partial void KeyKept(this ILogger log, string provider, string first, string host);
}
