namespace AIMake.Speech;

/// <summary>Messages of speech; ids 5100–5119. Ids, lengths and counts, never text.</summary>
internal static partial class SpeechLog
{
    [LoggerMessage(5101, LogLevel.Warning, "Generation {GenerationId}: {Provider} failed: {Fault}")]
    public static partial void ProviderFailed(ILogger log, Guid generationId, string provider, string fault);

    [LoggerMessage(5102, LogLevel.Information, "Generation {GenerationId}: {Segments} segments, {Spoken} spoken, {Seconds:0.0} s of audio in {Milliseconds} ms")]
    public static partial void Done(ILogger log, Guid generationId, int segments, int spoken, double seconds, long milliseconds);

    [LoggerMessage(5103, LogLevel.Information, "Generation {GenerationId}: listener left after {Segments} segments")]
    public static partial void ListenerLeft(ILogger log, Guid generationId, int segments);

    [LoggerMessage(5104, LogLevel.Warning, "Generation {GenerationId}: encoder failed: {Detail}")]
    public static partial void EncoderFailed(ILogger log, Guid generationId, string detail);

    [LoggerMessage(5105, LogLevel.Information, "Removed {Count} packs of segments that nothing uses any more")]
    public static partial void PacksPurged(ILogger log, int count);
}
