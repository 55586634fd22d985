using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>A text with placeholders: <c>{{name}}</c>, or <c>{{name|otherwise}}</c> with what stands there when there is no value.</summary>
internal sealed partial class TemplateText
{
    private readonly List<Piece> _pieces;

    private TemplateText(List<Piece> pieces) => _pieces = pieces;

    /// <summary>The names of its placeholders.</summary>
    public IEnumerable<string> Names => _pieces.Select(piece => piece.Name).OfType<string>();

    /// <summary>The placeholder when the text is one placeholder and nothing else: its value then keeps its type.</summary>
    public Piece? Whole => _pieces is [{ Name: not null } only] ? only : null;

    /// <summary>The text itself when it has no placeholders.</summary>
    public string? Constant => _pieces switch
    {
        [] => "",
        [{ Name: null } only] => only.Text,
        _ => null,
    };

    /// <summary>Null when a brace is left open, or a name is none.</summary>
    public static TemplateText? Parse(string text)
    {
        var pieces = new List<Piece>();
        var at = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            if (match.Index > at) pieces.Add(new Piece(text[at..match.Index]));
            pieces.Add(new Piece(match.Groups["otherwise"].Success ? match.Groups["otherwise"].Value : null, match.Groups["name"].Value));
            at = match.Index + match.Length;
        }
        if (at < text.Length) pieces.Add(new Piece(text[at..]));
        return pieces.Exists(piece => piece.Name is null && (piece.Text!.Contains("{{", StringComparison.Ordinal) || piece.Text.Contains("}}", StringComparison.Ordinal)))
            ? null
            : new TemplateText(pieces);
    }

    /// <summary>The text with its values; null when it is one placeholder without a value.</summary>
    /// <param name="escape">Applied to values, not to the text around them.</param>
    public string? Fill(TemplateValues values, Func<string, string>? escape = null)
    {
        if (Whole is { } whole && Value(whole, values) is null) return null;
        var text = new StringBuilder();
        foreach (var piece in _pieces)
        {
            var value = piece.Name is null ? piece.Text! : Value(piece, values) ?? "";
            text.Append(piece.Name is null || escape is null ? value : escape(value));
        }
        return text.ToString();
    }

    /// <summary>A value as text; null when there is none and nothing stands in for it.</summary>
    private static string? Value(Piece piece, TemplateValues values) => values[piece.Name!] switch
    {
        null => piece.Text,
        string text => text,
        MediaInput file => MadeMedia.DataUri(file),
        bool truth => truth ? "true" : "false",
        JsonElement element => ValuePath.WordOf(element) ?? element.GetRawText(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable<string> list => string.Join(',', list),
        var other => throw new InvalidOperationException($"{other.GetType().Name} cannot stand in a text."),
    };

    [GeneratedRegex(@"\{\{\s*(?<name>[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+)?)\s*(\|(?<otherwise>[^{}]*))?\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();

    /// <param name="Text">The text, or what stands in for a value.</param>
    /// <param name="Name">The placeholder's name; null for plain text.</param>
    internal sealed record Piece(string? Text, string? Name = null);
}
