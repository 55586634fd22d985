using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>Reads answers that are one JSON object.</summary>
internal static class OpenAiAnswer
{
    /// <exception cref="ProviderException">It is none, or broke, or is longer than it may be.</exception>
    public static async Task<JsonDocument> ReadAsync(OutboundResponse response, CancellationToken ct)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(response.Body, default, ct);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw ProviderFaults.Invalid("JSON that is no object");
        }
        catch (JsonException e)
        {
            throw ProviderFaults.Invalid($"not JSON at line {e.LineNumber}");
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
    }

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The items of an array; none where there is no array.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;
}
