using System.Buffers;
using System.Text;

namespace AIMake.Accounts.Export;

/// <summary>Names of files inside the archive that people recognize, and that stay inside the folder they are unpacked into.</summary>
internal static class ExportNames
{
    /// <summary>A file's name may have 255 bytes on most systems; the id and the extension need some.</summary>
    private const int MostBytes = 150;

    /// <summary>What separates folders, or is special to a system somebody may unpack on.</summary>
    private static readonly SearchValues<char> Unsafe = SearchValues.Create("/\\:*?\"<>|%\u2028\u2029\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFFFD");

    /// <summary>The title, then what makes it unique.</summary>
    /// <param name="extension">With its dot; ours, never the user's.</param>
    public static string Of(string title, Guid id, string extension)
    {
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in title.EnumerateRunes())
        {
            var sound = Rune.IsControl(rune) || (rune.IsBmp && Unsafe.Contains((char)rune.Value)) ? new Rune('_') : rune;
            if ((bytes += sound.Utf8SequenceLength) > MostBytes)
            {
                break;
            }

            name.Append(sound.ToString());
        }

        var plain = name.ToString().Trim(' ', '.', '~', '-').Normalize();
        return $"{(plain.Length > 0 ? plain : "file")} {id.ToString("N")[20..]}{extension}";
    }
}
