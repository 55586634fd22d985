using System.Text.Json;

namespace AIMake.Payments;

/// <summary>Reads providers' objects: members come and go between versions, so nothing is bound; what must be there is asked for by name.</summary>
internal static class ProviderJson
{
    /// <summary>The text of a member; null when it is absent, null or no text.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>The id of a member that is an id or, expanded, an object.</summary>
    public static string? Id(this JsonElement element, string name) => element.Member(name) switch
    {
        { ValueKind: JsonValueKind.String } id => id.GetString(),
        { ValueKind: JsonValueKind.Object } whole => whole.Text("id"),
        _ => null,
    };

    /// <exception cref="JsonException">It is not there.</exception>
    public static string NeedText(this JsonElement element, string name) => element.Text(name) ?? throw Missing(name);

    /// <summary>An integer; null when it is absent or null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static long? Number(this JsonElement element, string name) => element.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } member when member.TryGetInt64(out var number) => number,
        null or { ValueKind: JsonValueKind.Null } => null,
        _ => throw Missing(name),
    };

    /// <exception cref="JsonException">It is not there.</exception>
    public static long NeedNumber(this JsonElement element, string name) => element.Number(name) ?? throw Missing(name);

    public static bool Flag(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Unix seconds; null when it is absent or null.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        element.Number(name) is { } seconds and >= 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A member of members; null when any of them is absent.</summary>
    public static JsonElement? Member(this JsonElement element, params ReadOnlySpan<string> path)
    {
        JsonElement? at = element;
        foreach (var name in path)
        {
            at = at?.Member(name);
        }

        return at;
    }

    /// <summary>The rows of a list object's <c>data</c>; none when there is no list.</summary>
    public static IEnumerable<JsonElement> Rows(this JsonElement element, string name) =>
        element.Member(name, "data") is { ValueKind: JsonValueKind.Array } rows ? rows.EnumerateArray() : [];

    /// <summary>A value of <c>metadata</c>.</summary>
    public static string? Meta(this JsonElement element, string name) => element.Member("metadata")?.Text(name);

    /// <summary>An id of ours in <c>metadata</c>; null when it is none.</summary>
    public static Guid? MetaId(this JsonElement element, string name) => Guid.TryParse(element.Meta(name), out var id) ? id : null;

    private static JsonException Missing(string name) => new($"'{name}' is missing", $"$.{name}", null, null);
}
