using System.Text;
using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>
/// A JSON body with placeholders in its strings. It is written by a JSON writer, value by value, so nothing a user says can
/// leave the place it was put. A string that is one placeholder takes on the type of its value; without a value its member
/// goes. A member called <c>...</c> spreads an object's members among its siblings, those written out winning.
/// </summary>
internal abstract class JsonTemplate
{
    private const string Spread = "...";

    /// <summary>The names of all placeholders in it.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <param name="problem">Told of every mistake with the path of its place.</param>
    public static JsonTemplate Parse(JsonElement element, string path, Action<string, string, string> problem)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return new Members([.. element.EnumerateObject().Select(member => (member.Name, Parse(member.Value, $"{path}.{member.Name}", problem)))]);
            case JsonValueKind.Array:
                return new Items([.. element.EnumerateArray().Select((item, i) => Parse(item, $"{path}[{i}]", problem))]);
            case JsonValueKind.String when TemplateText.Parse(element.GetString()!) is { } text:
                return text.Constant is null ? new Text(text) : new Fixed(element);
            case JsonValueKind.String:
                problem(path, "has a placeholder that is not one. Write {{name}} or {{name|otherwise}}", "占位符写法不对，应为 {{name}} 或 {{name|otherwise}}");
                return new Fixed(element);
            default:
                return new Fixed(element);
        }
    }

    /// <summary>Whether there is anything to write; what is not there takes its member along.</summary>
    protected virtual bool IsPresent(TemplateValues values) => true;

    public abstract void Write(Utf8JsonWriter json, TemplateValues values);

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(Encoding.UTF8.GetBytes(text)); break; // half a surrogate pair becomes U+FFFD
            case MediaInput file: json.WriteStringValue(MadeMedia.DataUri(file)); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case int whole: json.WriteNumberValue(whole); break;
            case long whole: json.WriteNumberValue(whole); break;
            case decimal number: json.WriteNumberValue(number); break;
            case double number: json.WriteNumberValue(number); break;
            case JsonElement element: element.WriteTo(json); break;
            case IEnumerable<string> list: WriteList<object?>(json, list, WriteValue); break;
            case IEnumerable<JsonElement> list: WriteList(json, list, static (j, e) => e.WriteTo(j)); break;
            default: throw new InvalidOperationException($"{value.GetType().Name} cannot stand in JSON.");
        }
    }

    private static void WriteList<T>(Utf8JsonWriter json, IEnumerable<T> list, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var item in list) write(json, item);
        json.WriteEndArray();
    }

    private sealed class Fixed(JsonElement value) : JsonTemplate
    {
        private readonly JsonElement _value = value.Clone();

        public override IEnumerable<string> Names => [];

        public override void Write(Utf8JsonWriter json, TemplateValues values) => _value.WriteTo(json);
    }

    private sealed class Text(TemplateText text) : JsonTemplate
    {
        public override IEnumerable<string> Names => text.Names;

        public object? Value(TemplateValues values) => text.Whole is { } whole ? values[whole.Name!] ?? Otherwise(whole.Text) : text.Fill(values);

        protected override bool IsPresent(TemplateValues values) => Value(values) is not null;

        public override void Write(Utf8JsonWriter json, TemplateValues values) => WriteValue(json, Value(values));

        /// <summary>What stands in for a missing value is a number or truth value when it reads like one.</summary>
        private static object? Otherwise(string? text) => text switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ when decimal.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
    }

    private sealed class Items(IReadOnlyList<JsonTemplate> items) : JsonTemplate
    {
        public override IEnumerable<string> Names => items.SelectMany(item => item.Names);

        public override void Write(Utf8JsonWriter json, TemplateValues values) =>
            WriteList(json, items.Where(item => item.IsPresent(values)), (j, item) => item.Write(j, values));
    }

    private sealed class Members(IReadOnlyList<(string Name, JsonTemplate Value)> members) : JsonTemplate
    {
        public override IEnumerable<string> Names => members.SelectMany(member => member.Value.Names);

        public override void Write(Utf8JsonWriter json, TemplateValues values)
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (name == Spread) WriteSpread(json, value, values);
                else if (value.IsPresent(values))
                {
                    json.WritePropertyName(name);
                    value.Write(json, values);
                }
            }
            json.WriteEndObject();
        }

        private void WriteSpread(Utf8JsonWriter json, JsonTemplate value, TemplateValues values)
        {
            if ((value as Text)?.Value(values) is not JsonElement { ValueKind: JsonValueKind.Object } spread) return;
            foreach (var member in spread.EnumerateObject())
                if (!members.Any(own => own.Name == member.Name)) member.WriteTo(json);
        }
    }
}
