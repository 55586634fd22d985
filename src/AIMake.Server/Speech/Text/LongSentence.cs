using System.Globalization;

namespace AIMake.Speech.Text;

/// <summary>
/// Cuts a sentence that is longer than the provider takes. Each piece is filled as far as it goes and then cut at the last
/// clause mark in it, else at the last blank, else between two visible characters; a cut in its first quarter is not worth
/// taking, so every piece moves on by at least a quarter of the limit and the whole stays linear. Only a single visible
/// character longer than the limit, a pile of accents say, is cut inside, and never within a surrogate pair.
/// </summary>
internal readonly struct LongSentence(string text, int start, int end, int maximumLength)
{
    /// <summary>Bounds the search for the end of one visible character, which may be made as long as the text.</summary>
    private const int LongestElement = 128;

    public IEnumerator<(int From, int To)> GetEnumerator()
    {
        for (var from = start; from < end;)
        {
            var to = NextCut(from);
            yield return (from, to);
            from = to;
        }
    }

    private int NextCut(int from)
    {
        var clause = -1;
        var blank = -1;
        var count = 0;
        var i = from;
        while (i < end)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(i, Math.Min(end - i, LongestElement)));
            if (char.IsHighSurrogate(text[i + length - 1]) && i + length < end) length++;
            var cost = Cost(i, length, pieceIsEmpty: count == 0);
            if (count + cost > maximumLength) break;
            count += cost;
            i += length;
            if (count * 4 < maximumLength) continue;
            if (EndsClause(i)) clause = i;
            if (char.IsWhiteSpace(text[i - 1])) blank = i;
        }
        if (i == end) return end;
        if (clause > 0) return clause;
        if (i > from && char.IsWhiteSpace(text[i])) return i;
        if (blank > 0) return blank;
        return i > from ? i : CutElement(from);
    }

    private bool EndsClause(int i) =>
        Letters.ClauseMarks.Contains(text[i - 1]) && (!char.IsAscii(text[i - 1]) || char.IsWhiteSpace(text[i]));

    /// <summary>Code points this element adds to the spoken form: a run of white space counts once, in front of nothing not at all.</summary>
    private int Cost(int at, int length, bool pieceIsEmpty)
    {
        var cost = 0;
        for (var i = at; i < at + length; i++)
        {
            if (Letters.IsInvisible(text[i]) || char.IsLowSurrogate(text[i])) continue;
            if (!char.IsWhiteSpace(text[i])) cost++;
            else if (!pieceIsEmpty && !char.IsWhiteSpace(text[i - 1])) cost++;
        }
        return cost;
    }

    private int CutElement(int from)
    {
        var i = from;
        for (var left = maximumLength; left > 0 && i < end; left--)
            i += char.IsHighSurrogate(text[i]) && i + 1 < end ? 2 : 1;
        return i;
    }
}
