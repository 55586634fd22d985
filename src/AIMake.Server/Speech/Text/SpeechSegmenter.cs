namespace AIMake.Speech.Text;

/// <summary>
/// Cuts a text into segments at the ends of sentences and paragraphs. The rules, in the order they are tried at each character:
/// <list type="number">
/// <item>Pause markup ends the segment and is left out of it.</item>
/// <item>A line break ends the segment and its paragraph, unless it only wraps a long line of running text.</item>
/// <item>An address such as <c>https://…</c> is passed over whole.</item>
/// <item>A stop ends the segment where <see cref="SentenceBorders"/> says the sentence ends.</item>
/// <item>A semicolon or colon ends it when the clause before it is long enough to be worth a breath.</item>
/// </list>
/// A segment longer than the provider takes is cut further by <see cref="LongSentence"/>. Stretches without a letter or number
/// are left out: there is nothing to say in them. A segment depends only on its own paragraph, so that an edit elsewhere
/// leaves its text, and with it its digest, alone. Linear in the length of the text.
/// </summary>
internal static class SpeechSegmenter
{
    /// <summary>Longest segment, in Unicode code points, where a provider states no limit of its own.</summary>
    public const int DefaultMaximumLength = 600;

    /// <param name="text">A validated text.</param>
    /// <param name="maximumLength">Longest segment the provider takes, in Unicode code points, at least 1.</param>
    public static SpeechScript Split(SpeechText text, int maximumLength = DefaultMaximumLength) =>
        Split(text.Value, maximumLength, out _);

    /// <param name="steps">How often a character was looked at; for the tests of linearity.</param>
    internal static SpeechScript Split(string text, int maximumLength, out long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, 1);
        var segments = new SegmentList(text, maximumLength);
        var borders = new SentenceBorders(text);
        var start = SkipBlankLines(text, 0, out _);
        var lineStart = start;
        var insideQuotes = false;
        var i = start;
        while (i < text.Length)
        {
            var c = text[i];
            if (c == '[' && PauseMarkup.TryRead(text.AsSpan(i), out var pause, out var length))
            {
                segments.Close(start, i);
                segments.Pause(pause);
                start = i += length;
            }
            else if (Letters.IsLineBreak(c))
            {
                var next = SkipBlankLines(text, i, out var breaks);
                if (!(breaks == 1 && OnlyWraps(text, lineStart, i, next)))
                {
                    segments.Close(start, i);
                    segments.EndParagraph();
                    start = next;
                    insideQuotes = false;
                }
                lineStart = i = next;
            }
            else if (c == ':' && text.AsSpan(i).StartsWith("://", StringComparison.Ordinal))
            {
                i = SkipAddress(text, i + 3);
            }
            else if (Letters.OpenStops.Contains(c) || Letters.FullStops.Contains(c))
            {
                var border = borders.IsBorder(i, lineStart, ref insideQuotes, out i);
                if (border)
                {
                    segments.Close(start, i);
                    start = i;
                }
            }
            else
            {
                if (c == '"') insideQuotes = !insideQuotes;
                i++;
                if (EndsLongClause(text, c, start, i))
                {
                    segments.Close(start, i);
                    start = i;
                }
            }
        }
        segments.Close(start, text.Length);
        segments.EndParagraph();
        steps = text.Length + borders.Steps + segments.Steps;
        return segments.ToScript();
    }

    /// <summary>A semicolon or colon behind a clause long enough to stand alone; shorter ones keep their melody with the rest.</summary>
    private static bool EndsLongClause(string text, char c, int start, int next) => c switch
    {
        ';' or ':' => next - start > 40 && next < text.Length && char.IsWhiteSpace(text[next]),
        '；' or '：' => next - start > 16 && next < text.Length && !Letters.IsOpener(text[next]),
        _ => false,
    };

    /// <summary>The rest of an address, up to a blank or a mark no address has, less the stops and quotes that close the sentence around it.</summary>
    private static int SkipAddress(string text, int from)
    {
        var end = from;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('[' or '，' or '；' or '、' or '”' or '》' or '）')
               && !Letters.FullStops.Contains(text[end])) end++;
        while (end > from && (Letters.OpenStops.Contains(text[end - 1]) || Letters.Closers.Contains(text[end - 1]) || text[end - 1] == '"')) end--;
        return end;
    }

    private static int SkipBlankLines(string text, int from, out int breaks)
    {
        breaks = 0;
        var i = from;
        for (; i < text.Length && (char.IsWhiteSpace(text[i]) || Letters.IsInvisible(text[i])); i++)
            if (text[i] == '\u2029') breaks += 2;
            else if (Letters.IsLineBreak(text[i]) && !(text[i] == '\n' && i > from && text[i - 1] == '\r')) breaks++;
        return i;
    }

    /// <summary>
    /// Whether a single line break is only there because the line was full: the line is long, stops in the middle of a
    /// sentence, and the next one goes on with a letter of a script that puts blanks between words.
    /// </summary>
    private static bool OnlyWraps(string text, int lineStart, int lineEnd, int next)
    {
        const int fullLine = 50;
        if (lineEnd - lineStart < fullLine || next >= text.Length) return false;
        var last = text[lineEnd - 1];
        if (!(char.IsLetterOrDigit(last) || last is ',' or '-' or ' ') || !char.IsLetter(text[next])) return false;
        return !IsSpaceless(last) && !IsSpaceless(text[next]);

        static bool IsSpaceless(char c) => !char.IsSurrogate(c) && Letters.IsSpaceless(new System.Text.Rune(c));
    }
}
