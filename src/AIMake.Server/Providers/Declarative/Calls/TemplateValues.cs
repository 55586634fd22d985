using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>
/// What placeholders stand for in one call: strings, numbers, truth values, lists of strings, JSON as it came, or a file. A
/// vendor's own words for them (<paramref name="words"/>) are put in their place here.
/// </summary>
internal sealed class TemplateValues(IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? words = null)
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Null when there is none. Setting null leaves it out.</summary>
    public object? this[string name]
    {
        get => _values.TryGetValue(name, out var value) ? value : OfFile(name);
        set
        {
            if (value is JsonElement { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null }) value = null;
            if (value is null) _values.Remove(name);
            else _values[name] = Word(name, value);
        }
    }

    /// <summary>A file stands for itself in a form and for a data URI elsewhere; <c>name.base64</c> and <c>name.type</c> are its parts.</summary>
    private string? OfFile(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && _values.GetValueOrDefault(name[..dot]) is MediaInput file
            ? name[(dot + 1)..] switch { "base64" => Convert.ToBase64String(file.Bytes.Span), "type" => file.MimeType, _ => null }
            : null;
    }

    private object Word(string name, object value) =>
        words is not null && words.TryGetValue(name, out var known)
        && known.TryGetValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "", out var word) ? word : value;
}
