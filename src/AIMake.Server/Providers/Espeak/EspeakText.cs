using System.Buffers;
using System.Text;

namespace AIMake.Providers.Espeak;

/// <summary>Makes sure that text stays text on its way into the engine.</summary>
internal static class EspeakText
{
    /// <summary>
    /// Control characters become spaces: NUL would end the text, and after U+0001 the engine reads commands that change voice and
    /// pitch. Line breaks and tabs stay. Half surrogates become U+FFFD, as they would in UTF-8.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAny(Suspects)) return text;
        var clean = new StringBuilder(text.Length);
        Span<char> utf16 = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsCommand(rune.Value)) clean.Append(' ');
            else clean.Append(utf16[..rune.EncodeToUtf16(utf16)]);
        }
        return clean.ToString();
    }

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Where(c => IsCommand(c) || char.IsSurrogate((char)c)).Select(c => (char)c)]);

    private static bool IsCommand(int c) => c is < 0x20 or (>= 0x7f and < 0xa0) && c is not ('\n' or '\t' or '\r');

    /// <summary>Names such as <c>en-gb+f3</c>; never a path, which the engine would open as a voice file.</summary>
    public static bool IsVoiceName(string voice) =>
        voice.Length is > 0 and <= 60 && voice.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '_');
}
