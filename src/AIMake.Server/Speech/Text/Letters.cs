using System.Buffers;
using System.Globalization;
using System.Text;

namespace AIMake.Speech.Text;

/// <summary>What the segmenter needs to know about single characters.</summary>
internal static class Letters
{
    /// <summary>Stops of scripts that put no blank after a sentence: they close it wherever they stand.</summary>
    public static readonly SearchValues<char> FullStops = SearchValues.Create("。！？｡।॥။።։؟۔⁇⁈⁉‼");

    /// <summary>Stops that are also used for other things, so what surrounds them decides.</summary>
    public static readonly SearchValues<char> OpenStops = SearchValues.Create(".!?…．");

    /// <summary>Marks that end a clause; a long sentence is cut here first.</summary>
    public static readonly SearchValues<char> ClauseMarks = SearchValues.Create(",;:，；：、،؛—");

    /// <summary>Quotes and brackets that belong to the sentence they follow. Straight quotes are judged by the reader.</summary>
    public static readonly SearchValues<char> Closers = SearchValues.Create("”’»›)]}）】》」』〉〕］｝＂＇");

    private static readonly SearchValues<char> Openers = SearchValues.Create("“‘«‹([{（【《「『〈〔［｛\"'");

    public static bool IsOpener(char c) => Openers.Contains(c);

    public static bool IsLineBreak(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    /// <summary>Characters nobody hears or sees: byte order marks, zero-width blanks, soft hyphens, direction marks.</summary>
    public static bool IsInvisible(char c) =>
        c is '\uFEFF' or '\u200B' or '\u2060' or '\u00AD'
            or (>= '\u200E' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Symbols and their modifiers that stick to the sentence before them, emoji above all.</summary>
    public static bool IsSymbol(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol
        || rune.Value is 0xFE0F or 0x200D or 0x20E3 or (>= 0x1F3FB and <= 0x1F3FF);

    /// <summary>Letters of scripts written without blanks between words.</summary>
    public static bool IsSpaceless(Rune rune) =>
        rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3100 and <= 0x312F) or (>= 0x31F0 and <= 0x31FF)
            or (>= 0x3400 and <= 0x9FFF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0x20000 and <= 0x3FFFF) or (>= 0x0E00 and <= 0x0E7F);

    /// <summary>
    /// Whether a text holds anything a voice can say: a letter or a number. A digit that is only the base of a keycap emoji, or
    /// a letter shown as emoji, is a picture and does not count.
    /// </summary>
    public static bool HasSpeakable(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var length);
            text = text[length..];
            if (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune))
                if (text.IsEmpty || text[0] is not ('\uFE0F' or '\u20E3')) return true;
        }
        return false;
    }
}
