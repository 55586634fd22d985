namespace AIMake.Library;

/// <summary>Messages of the library; ids 4000–4019. Ids and counts, never titles.</summary>
internal static partial class LibraryLog
{
    [LoggerMessage(4000, LogLevel.Information, "Removed {Count} assets whose thirty days in the bin are over")]
    public static partial void Purged(ILogger log, int count);
}
