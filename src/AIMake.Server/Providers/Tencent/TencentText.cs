using System.Globalization;

namespace AIMake.Providers.Tencent;

/// <summary>Cuts a text into parts that one call of <c>TextToVoice</c> takes.</summary>
internal static class TencentText
{
    /// <summary>Longest part in code points: the vendor's limit for Chinese, which it does not say how to reckon for mixed text.</summary>
    public const int Longest = 150;

    /// <summary>The vendor's limit for English; for text that is ASCII throughout.</summary>
    public const int LongestLatin = 500;

    private const string Ends = "。！？；…!?;\n";
    private const string Breaks = "，、：,:）)”";

    /// <summary>
    /// The parts in order; together they are the text. Cut after the last end of a sentence that fits, else after a comma, else
    /// at a blank, else anywhere between two characters as people see them.
    /// </summary>
    public static IEnumerable<string> Parts(string text)
    {
        var limit = text.All(char.IsAscii) ? LongestLatin : Longest;
        var rest = text.AsMemory();
        while (Fitting(rest.Span, limit) is var fitting && fitting < rest.Length)
        {
            var cut = Cut(rest.Span, fitting);
            yield return rest[..cut].ToString();
            rest = rest[cut..];
        }
        if (rest.Length > 0) yield return rest.ToString();
    }

    /// <summary>How many UTF-16 units hold so many code points.</summary>
    private static int Fitting(ReadOnlySpan<char> text, int codePoints)
    {
        var units = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (codePoints-- == 0) break;
            units += rune.Utf16SequenceLength;
        }
        return units;
    }

    private static int Cut(ReadOnlySpan<char> text, int fitting)
    {
        var head = text[..fitting];
        var least = fitting / 4;
        var end = LastEnd(head, text[fitting]);
        if (end >= least) return end + 1;
        var at = head.LastIndexOfAny(Breaks);
        if (at >= least) return at + 1;
        at = head.LastIndexOf(' ');
        return at >= least ? at + 1 : Between(text, fitting);
    }

    /// <summary>A full stop ends a sentence only before a blank; the others always do.</summary>
    private static int LastEnd(ReadOnlySpan<char> head, char next)
    {
        for (var i = head.Length - 1; i >= 0; i--)
            if (Ends.Contains(head[i]) || (head[i] == '.' && (i + 1 < head.Length ? head[i + 1] : next) == ' ')) return i;
        return -1;
    }

    /// <summary>Not within what is seen as one character, unless it alone is longer than a part.</summary>
    private static int Between(ReadOnlySpan<char> text, int fitting)
    {
        var at = 0;
        while (true)
        {
            var next = at + StringInfo.GetNextTextElementLength(text[at..]);
            if (next > fitting) return at > 0 ? at : fitting;
            at = next;
        }
    }
}
