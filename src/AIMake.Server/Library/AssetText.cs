using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Library;

/// <summary>Titles and tags: what people may call things.</summary>
internal static class AssetText
{
    public const int MaxTitle = 200;
    public const int MaxTag = 50;
    public const int MaxTags = 20;

    /// <summary>The title trimmed, or a fault about the field <c>title</c>.</summary>
    public static Outcome<string> Title(string title)
    {
        var trimmed = title.Trim();
        var length = trimmed.EnumerateRunes().Count();
        return length is < 1 or > MaxTitle
            ? Fault.Invalid("title", Said.Characters(MaxTitle))
            : HasControls(trimmed)
                ? Fault.Invalid("title", Said.NoControls)
                : trimmed;
    }

    /// <summary>The tags trimmed, each once, or a fault about the field <c>tags</c>.</summary>
    public static Outcome<IReadOnlyList<string>> Tags(IReadOnlyList<string> tags)
    {
        var distinct = tags.Select(t => t?.Trim() ?? "").Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (distinct.Count > MaxTags)
        {
            return Fault.Invalid("tags", new Said($"at most {MaxTags}", $"最多 {MaxTags} 个"));
        }

        return distinct.Select(CheckTag).FirstOrDefault(why => why is not null) is { } fault
            ? Fault.Invalid("tags", fault)
            : distinct;
    }

    public static Said? CheckTag(string tag) =>
        tag.EnumerateRunes().Count() is < 1 or > MaxTag ? new Said($"a tag has 1 to {MaxTag} characters", $"标签须为 1 到 {MaxTag} 个字符")
        : HasControls(tag) ? Said.NoControls
        : null;

    /// <summary>A title for something nobody named: its first words.</summary>
    public static string TitleOf(string text)
    {
        const int most = 60;
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                {
                    plain.Append(' ');
                }
            }
            else
            {
                plain.Append(rune.ToString());
            }

            if (plain.Length >= most)
            {
                return plain.ToString().TrimEnd() + "…";
            }
        }

        return plain.ToString().Trim() is { Length: > 0 } title ? title : "Untitled";
    }

    /// <summary>Line breaks, NUL, escape and direction overrides: they make a name lie about what it is.</summary>
    private static bool HasControls(string text) =>
        text.Any(c => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
        || text.EnumerateRunes().Any(r => r == Rune.ReplacementChar) && !text.Contains('\uFFFD');
}
