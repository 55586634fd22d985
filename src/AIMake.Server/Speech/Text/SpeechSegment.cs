namespace AIMake.Speech.Text;

/// <summary>A stretch of text that is spoken, priced, kept and reused as one piece.</summary>
/// <param name="Index">Place in the script, from 0.</param>
/// <param name="Text">What is spoken: as typed, trimmed, each run of white space one blank, invisible characters and markup removed.</param>
/// <param name="Start">Where the segment begins in the original text, in UTF-16 units.</param>
/// <param name="End">Where it ends in the original text, exclusive, in UTF-16 units.</param>
/// <param name="Characters">Billable length: Unicode code points of <paramref name="Text"/>. Markup costs nothing.</param>
/// <param name="ParagraphEnd">Whether a paragraph ends here and the joiner should leave more room than between sentences.</param>
/// <param name="PauseAfter">Silence asked for by <c>[pause …]</c> markup after this segment, 0 to 10 s.</param>
internal sealed record SpeechSegment(
    int Index,
    string Text,
    int Start,
    int End,
    int Characters,
    bool ParagraphEnd,
    TimeSpan PauseAfter);
