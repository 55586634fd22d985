using System.Text;

namespace AIMake.Speech.Text;

/// <summary>
/// Decides at a stop whether the sentence ends there. In order: (1) take in the whole run of stops, <c>?!</c> or <c>...</c>;
/// (2) take in the quotes, brackets and emoji that stick to it; (3) look at what follows, and for a lone full stop at the word
/// before. Looks back at most a dozen characters and forward over blanks and one word, so a text is judged in linear time.
/// </summary>
internal ref struct SentenceBorders(ReadOnlySpan<char> source)
{
    private const int LongestWord = 12;

    private readonly ReadOnlySpan<char> _text = source;

    /// <summary>Characters looked at so far; the tests hold it against the length of the _text.</summary>
    public long Steps { get; private set; }

    /// <param name="at">Position of the first stop.</param>
    /// <param name="lineStart">Where the line begins, for list markers such as <c>1.</c> and <c>a.</c></param>
    /// <param name="insideQuotes">Whether a straight double quote is open; cleared when this border closes it.</param>
    /// <param name="end">Behind everything that belongs to the stop: where the sentence ends, or where to read on.</param>
    public bool IsBorder(int at, int lineStart, ref bool insideQuotes, out int end)
    {
        var full = false;
        var loud = false;
        var run = at;
        for (; run < _text.Length; run++)
        {
            if (Letters.FullStops.Contains(_text[run])) full = true;
            else if (!Letters.OpenStops.Contains(_text[run])) break;
            loud |= _text[run] is '!' or '?';
        }
        end = TakeClosers(run, ref insideQuotes);
        Steps += end - at + 1;
        if (full || end == _text.Length) return true;

        var closed = end > run;
        Rune.DecodeFromUtf16(_text[end..], out var next, out _);
        if (!Rune.IsWhiteSpace(next))
        {
            var spaceless = Letters.IsSpaceless(next);
            if (loud) return spaceless || Letters.IsOpener(_text[end]);
            if (run - at > 1 || _text[at] == '…') return spaceless;
            return spaceless && EndsBeforeSpaceless(at);
        }

        var word = NextWord(end, out var afterWord);
        var small = !word.IsEmpty && char.IsLower(word[0]);
        if (loud) return !(closed && small);
        if (run - at > 1 || _text[at] == '…') return !small;
        return EndsBeforeBlank(at, lineStart, word, afterWord);
    }

    /// <summary>A lone full stop with a blank after it.</summary>
    private bool EndsBeforeBlank(int at, int lineStart, ReadOnlySpan<char> next, char afterNext)
    {
        if (IsListMarker(at, lineStart)) return false;
        var before = PreviousWord(at);
        var small = !next.IsEmpty && char.IsLower(next[0]);
        if (before.IsEmpty && at > 0 && char.IsDigit(_text[at - 1]))
            return !small && !Abbreviations.IsGermanMonth(next);
        var nextIsNumber = !next.IsEmpty && char.IsDigit(next[0]);
        return Abbreviations.Classify(before) switch
        {
            AbbreviationKind.Never => false,
            AbbreviationKind.BeforeNumber => !nextIsNumber,
            AbbreviationKind.MayEnd => next.IsEmpty ? afterNext != '\0' && !char.IsAscii(afterNext) : afterNext != '.' && Abbreviations.IsStarter(next),
            AbbreviationKind.ListEnder => !small && !nextIsNumber,
            _ => true,
        };
    }

    /// <summary>A lone full stop with a Chinese or Japanese letter right after it: the writer's period, unless it numbers or abbreviates.</summary>
    private bool EndsBeforeSpaceless(int at) =>
        at > 0 && !char.IsDigit(_text[at - 1]) && !char.IsWhiteSpace(_text[at - 1]) && Abbreviations.Classify(PreviousWord(at)) == AbbreviationKind.None;

    /// <summary><c>1.</c>, <c>2.3.</c>, <c>a.</c> or <c>iv.</c> at the beginning of a line.</summary>
    private readonly bool IsListMarker(int at, int lineStart)
    {
        if (at - lineStart > 64) return false;
        var marker = _text[lineStart..at].Trim();
        if (marker.Length is 0 or > 8) return false;
        if (marker.Length == 1 && char.IsAsciiLetter(marker[0])) return true;
        if (marker.Length <= 4 && marker.IndexOfAnyExcept("ivxIVX") < 0) return true;
        return char.IsAsciiDigit(marker[0]) && marker.IndexOfAnyExcept("0123456789.") < 0 && !IsYear(marker);

        static bool IsYear(ReadOnlySpan<char> marker) => marker.Length >= 4 && !marker.Contains('.');
    }

    private ReadOnlySpan<char> PreviousWord(int at)
    {
        var start = at;
        while (start > 0 && at - start <= LongestWord && (char.IsLetter(_text[start - 1]) || _text[start - 1] == '.')) start--;
        Steps += at - start + 1;
        var word = _text[start..at].TrimStart('.');
        return word.Length > LongestWord || (start > 0 && char.IsDigit(_text[start - 1])) ? default : word;
    }

    /// <summary>The first word behind the blanks; empty with the character itself when something else stands there.</summary>
    private ReadOnlySpan<char> NextWord(int from, out char after)
    {
        var start = from;
        while (start < _text.Length && (char.IsWhiteSpace(_text[start]) || Letters.IsInvisible(_text[start]))) start++;
        while (start < _text.Length && start - from <= LongestWord && Letters.IsOpener(_text[start])) start++;
        var stop = start;
        while (stop < _text.Length && stop - start <= LongestWord && char.IsLetterOrDigit(_text[stop])) stop++;
        Steps += stop - from + 1;
        after = stop < _text.Length ? _text[stop] : '\0';
        return _text[start..stop];
    }

    private readonly int TakeClosers(int at, ref bool insideQuotes)
    {
        while (at < _text.Length)
        {
            var c = _text[at];
            if (c is '"' or '\'')
            {
                // A straight quote closes when one is open; otherwise only when nothing follows it closely.
                var loose = at + 1 == _text.Length || char.IsWhiteSpace(_text[at + 1]) || Letters.Closers.Contains(_text[at + 1]);
                if (!(loose || (c == '"' && insideQuotes))) break;
                if (c == '"') insideQuotes = false;
                at++;
            }
            else if (Letters.Closers.Contains(c) || Letters.IsInvisible(c)) at++;
            else
            {
                Rune.DecodeFromUtf16(_text[at..], out var rune, out var length);
                if (!Letters.IsSymbol(rune)) break;
                at += length;
            }
        }
        return at;
    }
}
