namespace AIMake.Providers;

/// <summary>One way of turning speech into text.</summary>
internal interface ITranscriptionProvider
{
    /// <summary>Failures are <see cref="ProviderException"/>.</summary>
    Task<TranscriptionAnswer> TranscribeAsync(TranscriptionRequest request, CancellationToken ct);
}

/// <param name="Model">The vendor's model id.</param>
/// <param name="Audio">The recording; <see cref="MediaInput.FileName"/> carries the extension vendors go by.</param>
/// <param name="Seconds">Its length as we measured it.</param>
/// <param name="Language">ISO 639-1, or null to find out.</param>
/// <param name="Prompt">Names and words to expect.</param>
internal sealed record TranscriptionRequest(
    string Model, MediaInput Audio, decimal Seconds, string? Language = null, string? Prompt = null, double? Temperature = null, bool Words = false);

/// <param name="Language">As the vendor names it; null when it does not say.</param>
/// <param name="Segments">In order; empty where the vendor gives text only.</param>
internal sealed record TranscriptionAnswer(
    string Text, string? Language, IReadOnlyList<TranscriptSegment> Segments, IReadOnlyList<TranscriptWord> Words, ProviderUsage Usage);

/// <summary>Times in seconds from the beginning.</summary>
internal sealed record TranscriptSegment(double Start, double End, string Text);

/// <summary>Times in seconds from the beginning.</summary>
internal sealed record TranscriptWord(double Start, double End, string Text);
