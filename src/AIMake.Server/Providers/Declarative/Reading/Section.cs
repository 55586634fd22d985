using System.Globalization;
using System.Text.Json;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>
/// One object of the file. Each member is asked for by name and kind; what is of another kind, out of range or never asked for
/// is a fault with its place. What cannot be read is as if it were left out, so that reading goes on and finds the rest.
/// </summary>
internal sealed class Section(JsonElement element, string path, FileFaults faults)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string Path => path;

    public FileFaults Faults => faults;

    public string At(string name) => JsonLines.Member(path, name);

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public void Problem(string name, string problem, string zh) => faults.Add(At(name), problem, zh);

    public JsonElement? Any(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) ? value : null;
    }

    public string? Text(string name, bool required = false, int longest = 200)
    {
        if (Of(name, JsonValueKind.String, "a text", required)?.GetString() is not { } text) return null;
        if (!string.IsNullOrWhiteSpace(text) && text.Length <= longest) return text;
        Problem(name, $"must have 1 to {longest} characters", $"必须有 1 到 {longest} 个字符");
        return null;
    }

    /// <summary>One of a few words.</summary>
    public string? Word(string name, bool required, params IReadOnlyCollection<string> words)
    {
        if (Text(name, required) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        Problem(name, $"\"{text}\" is not one of {string.Join(", ", words)}", $"“{text}”不在可选值之中：{string.Join("、", words)}");
        return null;
    }

    public decimal? Number(string name, decimal least, decimal most)
    {
        if (Of(name, JsonValueKind.Number, "a number", required: false) is not { } value) return null;
        if (value.TryGetDecimal(out var number) && number >= least && number <= most) return number;
        Problem(name, string.Create(CultureInfo.InvariantCulture, $"is not between {least} and {most}"), string.Create(CultureInfo.InvariantCulture, $"不在 {least} 到 {most} 之间"));
        return null;
    }

    public int Whole(string name, int least, int most, int otherwise)
    {
        if (Number(name, least, most) is not { } number) return otherwise;
        if (decimal.IsInteger(number)) return (int)number;
        Problem(name, "is not a whole number", "不是整数");
        return otherwise;
    }

    public bool? Truth(string name)
    {
        if (Any(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Problem(name, "must be true or false", "必须是 true 或 false");
        return null;
    }

    public Section? Object(string name, bool required = false) =>
        Of(name, JsonValueKind.Object, "an object", required) is { } value ? new Section(value, At(name), faults) : null;

    /// <summary>The elements of a list with their places; none when it is left out.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)> List(string name, int most = 500)
    {
        if (Of(name, JsonValueKind.Array, "a list", required: false) is not { } list) return [];
        if (list.GetArrayLength() > most) Problem(name, $"has more than {most} elements", $"超过 {most} 项");
        return [.. list.EnumerateArray().Take(most).Select((value, i) => (value, $"{At(name)}[{i}]"))];
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<Section> Sections(string name)
    {
        foreach (var (value, at) in List(name))
        {
            if (value.ValueKind == JsonValueKind.Object) yield return new Section(value, at, faults);
            else faults.Add(at, "must be an object", "必须是对象");
        }
    }

    /// <summary>Texts, numbers or truth values, one or a list of them, as words; null when left out.</summary>
    public IReadOnlyList<string>? Words(string name)
    {
        if (Any(name) is not { } value) return null;
        IReadOnlyList<JsonElement> all = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        var words = all.Select(ValuePath.WordOf).OfType<string>().ToList();
        if (words.Count != all.Count || words.Count == 0) Problem(name, "must be a text or number, or a list of them", "必须是文本或数字，或由它们组成的列表");
        return words;
    }

    public ValuePath? PathTo(string name, bool required = false)
    {
        if (Text(name, required) is not { } text) return null;
        if (ValuePath.Parse(text) is { } found) return found;
        Problem(name, "is not a path. Write names and indexes with dots between, such as data.0.url", "不是路径。请用点连接名称和序号，如 data.0.url");
        return null;
    }

    public TimeSpan Seconds(string name, double least, double most, double otherwise) =>
        TimeSpan.FromSeconds((double)(Number(name, (decimal)least, (decimal)most) ?? (decimal)otherwise));

    /// <summary>Members by name, each a text.</summary>
    public IReadOnlyDictionary<string, string> Texts(string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Object(name) is not { } section) return texts;
        foreach (var member in section.Members)
            if (section.Text(member, required: true, longest: 2000) is { } text) texts[member] = text;
        return texts;
    }

    public IEnumerable<string> Members => element.EnumerateObject().Select(member => member.Name);

    /// <summary>Call when everything has been asked for: the rest is not known.</summary>
    public void NothingElse()
    {
        foreach (var member in element.EnumerateObject())
            if (!_known.Contains(member.Name))
            {
                var known = string.Join(", ", _known.Order(StringComparer.Ordinal));
                Problem(member.Name, $"is not known here. {(path.Length == 0 ? "The file" : path)} has {known}", $"此处没有这个字段。{(path.Length == 0 ? "文件" : path)}可有 {known}");
            }
    }

    private JsonElement? Of(string name, JsonValueKind kind, string what, bool required)
    {
        if (Any(name) is not { } value)
        {
            if (required) faults.Add(At(name), "is missing", "缺失");
            return null;
        }
        if (value.ValueKind == kind) return value;
        Problem(name, $"must be {what}", $"必须是{kind switch { JsonValueKind.String => "文本", JsonValueKind.Number => "数字", JsonValueKind.Array => "列表", _ => "对象" }}");
        return null;
    }
}
