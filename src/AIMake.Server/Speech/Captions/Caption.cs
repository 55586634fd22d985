namespace AIMake.Speech.Captions;

/// <summary>A line or two shown for a while.</summary>
/// <param name="Start">From the beginning of the sound.</param>
/// <param name="End">Not before <paramref name="Start"/>.</param>
/// <param name="Text">Plain text.</param>
internal sealed record Caption(TimeSpan Start, TimeSpan End, string Text);
