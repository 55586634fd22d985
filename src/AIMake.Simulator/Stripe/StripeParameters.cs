using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>
/// What each operation may be sent, by Stripe's own description of it: unknown names are refused, words become the numbers and
/// booleans they stand for, an empty value becomes a null that unsets.
/// </summary>
internal static class StripeParameters
{
    private static readonly JsonObject Schemas = Load();

    /// <param name="operation">E.g. <c>POST /v1/refunds</c>.</param>
    /// <exception cref="StripeRefusal">Something is not as described.</exception>
    public static JsonObject Read(string operation, JsonObject form) => (JsonObject)Object(Schemas[operation]!.AsObject(), form, "")!;

    /// <summary>For operations with a few parameters, all plain.</summary>
    public static JsonObject Plain(JsonObject form, params string[] names) =>
        form.Select(pair => pair.Key).FirstOrDefault(name => !names.Contains(name)) is { } stranger ? throw StripeRefusal.Unknown(stranger) : form;

    private static JsonNode? Value(JsonObject schema, JsonNode? node, string path)
    {
        if (schema["anyOf"] is JsonArray choices) return Choice(choices, node, path);
        return (string?)schema["type"] switch
        {
            "object" => Object(schema, node, path),
            "array" => List(schema, node, path),
            "integer" => long.TryParse(Text(node, path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole : throw StripeRefusal.Bad("parameter_invalid_integer", path, $"Invalid integer: {Text(node, path)}"),
            "number" => decimal.TryParse(Text(node, path), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number : throw StripeRefusal.Bad(null, path, $"Invalid decimal: {Text(node, path)}"),
            "boolean" => Text(node, path) switch
            {
                "true" => true,
                "false" => false,
                var other => throw StripeRefusal.Bad(null, path, $"Invalid boolean: {other}"),
            },
            _ => Word(schema, Text(node, path), path),
        };
    }

    /// <summary>The first alternative that fits; what the first says of it when none does.</summary>
    private static JsonNode? Choice(JsonArray choices, JsonNode? node, string path)
    {
        StripeRefusal? first = null;
        foreach (var choice in choices)
        {
            var schema = choice!.AsObject();
            if (IsUnset(schema) && node is JsonValue value && value.GetValue<string>().Length == 0) return null;
            try
            {
                if (!IsUnset(schema)) return Value(schema, node, path);
            }
            catch (StripeRefusal refusal)
            {
                first ??= refusal;
            }
        }
        throw first!;
    }

    private static bool IsUnset(JsonObject schema) => schema["enum"] is JsonArray { Count: 1 } only && (string?)only[0] == "";

    private static JsonNode? Object(JsonObject schema, JsonNode? node, string path)
    {
        if (node is not JsonObject given) return Text(node, path).Length == 0 ? null : throw StripeRefusal.Bad(null, path, "Invalid object");
        var (properties, others) = (schema["properties"] as JsonObject, schema["additionalProperties"] as JsonObject);
        var read = new JsonObject();
        foreach (var (name, value) in given)
        {
            var full = path.Length == 0 ? name : $"{path}[{name}]";
            if (properties?[name] is JsonObject known) read[name] = Value(known, value, full);
            else if (others is not null) read[name] = value is JsonValue && Text(value, full).Length == 0 ? null : Value(others, value, full);
            else throw StripeRefusal.Unknown(full);
        }
        foreach (var needed in schema["required"] as JsonArray ?? [])
        {
            if (!read.ContainsKey((string)needed!)) throw StripeRefusal.Missing(path.Length == 0 ? (string)needed! : $"{path}[{needed}]");
        }
        if (read.Count > ((int?)schema["maxProperties"] ?? int.MaxValue)) throw StripeRefusal.Bad(null, path, $"You can only set {schema["maxProperties"]} keys.");
        if (others is not null && read.Select(pair => pair.Key).FirstOrDefault(key => key.Length > 40) is { } longest) throw StripeRefusal.Bad(null, path, $"The key {longest} is longer than 40 characters.");
        return read;
    }

    private static JsonNode List(JsonObject schema, JsonNode? node, string path)
    {
        if (node is not JsonObject given || given.Any(pair => !int.TryParse(pair.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))) throw StripeRefusal.Bad(null, path, "Invalid array");
        var items = schema["items"]!.AsObject();
        return new JsonArray([.. given.OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => Value(items, pair.Value, $"{path}[{pair.Key}]"))]);
    }

    private static JsonNode Word(JsonObject schema, string text, string path)
    {
        if (text.Length == 0) throw StripeRefusal.Bad("parameter_invalid_empty", path, $"You passed an empty string for '{path}'.");
        if (text.Length > ((int?)schema["maxLength"] ?? int.MaxValue)) throw StripeRefusal.Bad(null, path, $"Invalid string: must be at most {schema["maxLength"]} characters.");
        if (schema["enum"] is JsonArray words && !words.Any(word => (string?)word == text)) throw StripeRefusal.Bad(null, path, $"Invalid {path}: must be one of {string.Join(", ", words.Select(word => (string?)word))}");
        return text;
    }

    private static string Text(JsonNode? node, string path) => node is JsonValue value ? value.GetValue<string>() : throw StripeRefusal.Bad(null, path, "Invalid string");

    private static JsonObject Load()
    {
        using var stream = typeof(StripeParameters).Assembly.GetManifestResourceStream("stripe-parameters.json")!;
        return JsonSerializer.Deserialize<JsonObject>(stream)!;
    }
}
