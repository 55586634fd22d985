using System.Globalization;
using System.Text;
using System.Text.Json;
using AIMake.Providers;

namespace AIMake.Gateway.Translation;

/// <summary>One piece of a call of a tool, as a chunk carries it.</summary>
/// <param name="Id">Only where the call begins.</param>
/// <param name="Name">Only where the call begins.</param>
internal sealed record ToolCallPiece(int Index, string? Id, string? Name, string Arguments);

/// <summary>
/// Calls of tools as vendors write them, put into OpenAI's shape: each with its place and an id, its arguments a text. Vendors
/// leave out the place, leave out the id, or write the arguments as an object.
/// </summary>
internal sealed class ToolCallList
{
    private const int MostCalls = 128;
    private readonly List<Call> _calls = [];

    /// <summary>The whole calls so far.</summary>
    public IEnumerable<(string Id, string Name, string Arguments)> Calls => _calls.Select(c => (c.Id, c.Name, c.Arguments.ToString()));

    public bool IsEmpty => _calls.Count == 0;

    /// <param name="delta">A delta's calls: a list, or one alone; undefined for none.</param>
    /// <returns>What the delta adds.</returns>
    /// <exception cref="ProviderException">They are no calls.</exception>
    public IReadOnlyList<ToolCallPiece> Add(JsonElement delta)
    {
        try
        {
            return delta.ValueKind switch
            {
                JsonValueKind.Undefined or JsonValueKind.Null => [],
                JsonValueKind.Array => [.. delta.EnumerateArray().Select(Piece)],
                _ => [Piece(delta)],
            };
        }
        catch (InvalidOperationException)
        {
            throw ProviderFaults.Invalid("a tool call with half a character in it");
        }
    }

    private ToolCallPiece Piece(JsonElement written)
    {
        if (written.ValueKind is not JsonValueKind.Object)
        {
            throw ProviderFaults.Invalid("a tool call that is no object");
        }

        var function = written.TryGetProperty("function", out var inner) && inner.ValueKind is JsonValueKind.Object ? inner : written;
        var (id, name, arguments) = (Text(written, "id"), Text(function, "name"), Arguments(function));
        if (Known(written, id, name) is { } known)
        {
            known.Arguments.Append(arguments);
            return new(_calls.IndexOf(known), null, null, arguments);
        }

        if (name is null || _calls.Count == MostCalls)
        {
            throw ProviderFaults.Invalid(name is null ? "a tool call without a name" : "too many tool calls");
        }

        var begun = new Call(id ?? $"call_{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)}", name, Place(written));
        begun.Arguments.Append(arguments);
        _calls.Add(begun);
        return new(_calls.Count - 1, begun.Id, begun.Name, arguments);
    }

    /// <summary>The call this piece goes on with: by its place, else by its id, else the last where it names no tool.</summary>
    private Call? Known(JsonElement written, string? id, string? name) =>
        Place(written) is { } place ? _calls.Find(c => c.Place == place)
        : id is not null ? _calls.Find(c => c.Id == id)
        : name is null ? _calls.LastOrDefault()
        : null;

    private static int? Place(JsonElement written) => written.TryGetProperty("index", out var index) && index.ValueKind is JsonValueKind.Number && index.TryGetInt32(out var place) ? place : null;

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string Arguments(JsonElement function) => !function.TryGetProperty("arguments", out var arguments) ? "" : arguments.ValueKind switch
    {
        JsonValueKind.String => arguments.GetString()!,
        JsonValueKind.Null => "",
        _ => arguments.GetRawText(),
    };

    private sealed record Call(string Id, string Name, int? Place)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
