namespace AIMake.Speech.Text;

/// <summary>A text cut into what is spoken, in order.</summary>
/// <param name="LeadIn">Silence asked for before the first word, 0 to 10 s.</param>
/// <param name="Segments">The pieces, never empty for a text that passed <see cref="SpeechText.Validate"/>.</param>
internal sealed record SpeechScript(TimeSpan LeadIn, IReadOnlyList<SpeechSegment> Segments)
{
    /// <summary>Billable length of the whole: the sum over the segments, in Unicode code points.</summary>
    public int Characters { get; } = Segments.Sum(segment => segment.Characters);
}
