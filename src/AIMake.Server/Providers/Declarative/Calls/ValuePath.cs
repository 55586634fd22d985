using System.Globalization;
using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>
/// Where something stands in an answer: names and indexes with dots between, <c>data.0.url</c>; <c>*</c> stands for every
/// element of a list. A name with a dot in it is written as JSON pointer (RFC 6901), <c>/data/file.name</c>.
/// </summary>
internal sealed class ValuePath
{
    private const int LongestPath = 200;
    private readonly string[] _steps;

    private ValuePath(string text, string[] steps) => (Text, _steps) = (text, steps);

    public string Text { get; }

    /// <summary>Null when the text is no path.</summary>
    public static ValuePath? Parse(string text)
    {
        if (text.Length is 0 or > LongestPath) return null;
        var steps = text[0] == '/'
            ? [.. text[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : text == "$" ? [] : text.Split('.');
        return Array.TrueForAll(steps, step => step.Length > 0) ? new ValuePath(text, steps) : null;
    }

    /// <summary>What stands there; nothing where a step leads nowhere.</summary>
    public IEnumerable<JsonElement> All(JsonElement root)
    {
        IEnumerable<JsonElement> found = [root];
        foreach (var step in _steps) found = found.SelectMany(element => Step(element, step));
        return found.Where(element => element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined));
    }

    public JsonElement? First(JsonElement root)
    {
        foreach (var element in All(root)) return element;
        return null;
    }

    /// <summary>The first as text: a string as it is, a number or truth value as JSON spells it; null for anything else.</summary>
    public string? Word(JsonElement root) => First(root) is { } element ? WordOf(element) : null;

    public static string? WordOf(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair: JSON, but no text
        }
    }

    /// <summary>The first as a number, also when it is written as a string; null when it is none or out of range.</summary>
    public decimal? Number(JsonElement root) =>
        Word(root) is { } word && decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<JsonElement> Step(JsonElement element, string step)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            if (step == "*") return element.EnumerateArray();
            return int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < element.GetArrayLength() ? [element[index]] : [];
        }
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var member) ? [member] : [];
    }
}
