namespace AIMake.Speech.Text;

/// <summary>Collects segments in order: trims them, drops what cannot be spoken, cuts what is too long.</summary>
internal sealed class SegmentList(string text, int maximumLength)
{
    private readonly List<SpeechSegment> _segments = [];
    private TimeSpan _leadIn;
    private TimeSpan _pausesLeft = PauseMarkup.LongestInAll;

    public long Steps { get; private set; }

    /// <summary>Ends the segment that spans the given part of the text, if there is anything to say in it.</summary>
    public void Close(int start, int end)
    {
        Steps += end - start;
        Trim(ref start, ref end);
        if (!Letters.HasSpeakable(text.AsSpan(start, end - start))) return;
        if (SpokenText.Count(text.AsSpan(start, end - start)) <= maximumLength) Add(start, end);
        else
            foreach (var (from, to) in new LongSentence(text, start, end, maximumLength))
            {
                Steps += 4 * (to - from);
                Add(from, to);
            }
    }

    /// <summary>Asks for silence after what was said last. Several pauses in a row add up to the longest at most.</summary>
    public void Pause(TimeSpan pause)
    {
        var before = _segments.Count == 0 ? _leadIn : _segments[^1].PauseAfter;
        var after = Min(before + pause, PauseMarkup.Longest, before + _pausesLeft);
        _pausesLeft -= after - before;
        if (_segments.Count == 0) _leadIn = after;
        else _segments[^1] = _segments[^1] with { PauseAfter = after };
    }

    public void EndParagraph()
    {
        if (_segments.Count > 0 && !_segments[^1].ParagraphEnd) _segments[^1] = _segments[^1] with { ParagraphEnd = true };
    }

    public SpeechScript ToScript() => new(_leadIn, _segments);

    private void Add(int start, int end)
    {
        Trim(ref start, ref end);
        if (!Letters.HasSpeakable(text.AsSpan(start, end - start))) return;
        var spoken = SpokenText.From(text.AsSpan(start, end - start), out var characters);
        _segments.Add(new SpeechSegment(_segments.Count, spoken, start, end, characters, ParagraphEnd: false, TimeSpan.Zero));
    }

    private void Trim(ref int start, ref int end)
    {
        while (start < end && IsBlank(text[start])) start++;
        while (end > start && IsBlank(text[end - 1])) end--;
    }

    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || Letters.IsInvisible(c);

    private static TimeSpan Min(TimeSpan a, TimeSpan b, TimeSpan c) => a < b ? (a < c ? a : c) : (b < c ? b : c);
}
