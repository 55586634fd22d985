using System.Text.RegularExpressions;

namespace AIMake.Providers;

/// <summary>Keeps text text where a vendor looks for markup in it and has no way to say that it should not.</summary>
internal static partial class PlainText
{
    /// <summary>
    /// Takes the meaning from tags: a <c>&lt;</c> that could begin one becomes <c>‹</c>, which no reader of markup knows and no
    /// normalisation turns back. One that stands alone, as in <c>a &lt; b</c>, stays and is read out.
    /// </summary>
    public static string WithoutTags(string text) => TagStart().Replace(text, "‹");

    /// <summary>Takes the meaning from directions in square brackets, by round ones.</summary>
    public static string WithoutDirections(string text) => text.Replace('[', '(').Replace(']', ')');

    [GeneratedRegex(@"<(?=[\p{L}/!?_:])", RegexOptions.CultureInvariant)]
    private static partial Regex TagStart();
}
