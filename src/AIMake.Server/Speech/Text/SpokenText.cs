using System.Text;

namespace AIMake.Speech.Text;

/// <summary>
/// The form in which a stretch of text is spoken, billed and digested: trimmed, every run of white space one blank, characters
/// nobody sees left out. Otherwise exactly as typed; composed and decomposed accents are not unified, for the runtime carries no
/// normalisation tables and the engines read both.
/// </summary>
internal static class SpokenText
{
    public static string From(ReadOnlySpan<char> text, out int characters)
    {
        var spoken = new StringBuilder(text.Length);
        characters = 0;
        var blank = false;
        foreach (var c in text)
        {
            if (Letters.IsInvisible(c)) continue;
            if (char.IsWhiteSpace(c))
            {
                blank = spoken.Length > 0;
                continue;
            }
            if (blank)
            {
                spoken.Append(' ');
                characters++;
                blank = false;
            }
            spoken.Append(c);
            if (!char.IsLowSurrogate(c)) characters++;
        }
        return spoken.ToString();
    }

    /// <summary>Code points the text has in spoken form, without making it.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var characters = 0;
        var blank = false;
        foreach (var c in text)
        {
            if (Letters.IsInvisible(c)) continue;
            if (char.IsWhiteSpace(c))
            {
                blank = characters > 0;
                continue;
            }
            if (blank) characters++;
            blank = false;
            if (!char.IsLowSurrogate(c)) characters++;
        }
        return characters;
    }
}
