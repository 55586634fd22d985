using System.Globalization;
using System.Text;

namespace AIMake.Speech.Captions;

/// <summary>
/// Cuts what is said in one segment into captions that can be read: two lines of 42 columns, a Chinese character taking two. A
/// caption gets the share of the segment's time that its text has of the segment's columns.
/// </summary>
internal static class CaptionCues
{
    public const int LineColumns = 42;
    private const int CueColumns = 2 * LineColumns;

    public static IEnumerable<Caption> Of(string text, TimeSpan start, TimeSpan end)
    {
        var pieces = Break(text, CueColumns);
        var total = Math.Max(1, pieces.Sum(Columns));
        var (before, length) = (0L, end - start);
        foreach (var piece in pieces)
        {
            var from = start + length * ((double)before / total);
            before += Columns(piece);
            yield return new Caption(from, start + length * ((double)before / total), string.Join('\n', Break(piece, LineColumns)));
        }
    }

    /// <summary>Breaks at blanks and between Chinese characters, evenly, and inside a word only when it alone is too wide.</summary>
    private static List<string> Break(string text, int columns)
    {
        var lines = new List<string>();
        var words = Words(text);
        var count = Math.Max(1, (words.Sum(Columns) + columns - 1) / columns);
        var target = Math.Min(columns, words.Sum(Columns) / count + columns / 8);
        var line = new StringBuilder();
        var width = 0;
        foreach (var word in words)
        {
            if (width > 0 && width + Columns(word.TrimEnd()) > target) Flush();
            line.Append(word);
            width += Columns(word);
        }
        Flush();
        return lines;

        void Flush()
        {
            if (line.ToString().Trim() is { Length: > 0 } full) lines.Add(full);
            line.Clear();
            width = 0;
        }
    }

    /// <summary>Pieces that stay together, each with the blank after it; punctuation stays with what it follows.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var wordColumns = 0;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (char.IsWhiteSpace(element[0]))
            {
                word.Append(' ');
                End();
                continue;
            }
            var wide = IsWide(element) && !char.IsPunctuation(element, 0);
            if (wide || wordColumns >= LineColumns) End();
            word.Append(element);
            wordColumns += Columns(element);
        }
        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
            wordColumns = 0;
        }
    }

    private static int Columns(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += IsWide(rune.Value) ? 2 : 1;
        return columns;
    }

    private static bool IsWide(string element) => Rune.TryGetRuneAt(element, 0, out var rune) && IsWide(rune.Value);

    /// <summary>East Asian scripts and their punctuation, full-width forms, pictographs.</summary>
    private static bool IsWide(int rune) =>
        rune is >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3 or >= 0xf900 and <= 0xfaff
            or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6 or >= 0x1f300 and <= 0x1faff or >= 0x20000 and <= 0x3fffd;
}
