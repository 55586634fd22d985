using System.Text.Json;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>Where in a file every value stands: the parser's own tree does not remember lines.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal) { [""] = 1 };

    /// <param name="json">Well-formed; comments and trailing commas are allowed.</param>
    public JsonLines(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DescriptionReader.MaxDepth });
        var frames = new Stack<Frame>();
        var (path, line, at) = ("", 1, 0);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += json[at..start].Count((byte)'\n');
            at = start;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = Member(frames.Peek().Path, reader.GetString()!);
                    _lines[path] = line;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    frames.Pop();
                    break;
                default:
                    var here = frames.Count == 0 ? "" : frames.Peek().IsList ? frames.Peek().NextItem() : path;
                    _lines.TryAdd(here, line);
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) frames.Push(new Frame(here, reader.TokenType == JsonTokenType.StartArray));
                    break;
            }
        }
    }

    public static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The line of a path as <c>models[0].prices</c>, or of what it would be in.</summary>
    public int Of(string path)
    {
        while (true)
        {
            if (_lines.TryGetValue(path, out var line)) return line;
            path = path[..Math.Max(0, path.AsSpan().LastIndexOfAny('.', '['))];
        }
    }

    private sealed class Frame(string path, bool isList)
    {
        private int _items;

        public string Path => path;

        public bool IsList => isList;

        public string NextItem() => $"{path}[{_items++}]";
    }
}
