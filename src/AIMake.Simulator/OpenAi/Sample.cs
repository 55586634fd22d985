using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>An example of what a JSON Schema describes, with quotes, backslashes and foreign letters where words go.</summary>
internal static class Sample
{
    private const int Deepest = 8;

    public static JsonNode Of(JsonElement schema, int depth = 0)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest) return new JsonObject();
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            return JsonNode.Parse(values[0].GetRawText())!;
        return Type(schema) switch
        {
            "string" => JsonValue.Create("São \"Paulo\" \\ 北京"),
            "integer" => JsonValue.Create(42),
            "number" => JsonValue.Create(4.2),
            "boolean" => JsonValue.Create(true),
            "array" => new JsonArray(schema.TryGetProperty("items", out var items) ? Of(items, depth + 1) : null),
            _ => Members(schema, depth),
        };
    }

    private static string? Type(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0].GetString()
        : type.ValueKind == JsonValueKind.String ? type.GetString()
        : null;

    private static JsonObject Members(JsonElement schema, int depth)
    {
        var made = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
            foreach (var property in properties.EnumerateObject()) made[property.Name] = Of(property.Value, depth + 1);
        return made;
    }
}
