using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>
/// Answers that are one JSON value, read whole under a cap. Whatever a vendor sends instead, and members that are missing or of
/// another type than they should be, is <see cref="ProviderFaultKind.InvalidResponse"/> and nothing else.
/// </summary>
internal static class JsonAnswer
{
    private const int LongestError = 64 * 1024;

    /// <summary>Reads an answer that should be of a kind.</summary>
    /// <exception cref="ProviderException">It is not, or did not arrive whole.</exception>
    public static async Task<JsonDocument> ReadAsync(OutboundResponse response, CancellationToken ct, JsonValueKind kind = JsonValueKind.Object)
    {
        var bytes = new MemoryStream();
        try
        {
            await response.Body.CopyToAsync(bytes, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
        return Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), kind);
    }

    /// <exception cref="ProviderException">It is not JSON of that kind.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, JsonValueKind kind = JsonValueKind.Object)
    {
        var document = TryParse(bytes) ?? throw ProviderFaults.Invalid($"{bytes.Length} bytes that are not JSON");
        if (document.RootElement.ValueKind == kind) return document;
        var found = document.RootElement.ValueKind;
        document.Dispose();
        throw ProviderFaults.Invalid($"JSON of the kind {found}");
    }

    /// <summary>The body of a refusal, where it is an object; null for anything else: its status then speaks alone.</summary>
    public static async Task<JsonDocument?> ReadErrorAsync(OutboundResponse response, CancellationToken ct)
    {
        try
        {
            var document = TryParse(await response.ReadUpToAsync(LongestError, ct));
            if (document is null || document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            return null;
        }
        catch (OutboundException)
        {
            return null;
        }
    }

    /// <summary>A member that is a string; null when there is none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.Words()
            : null;

    /// <summary>A string's value; null where it holds half a surrogate pair, which is JSON but not text.</summary>
    public static string? Words(this JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is base64; null when there is none.</summary>
    public static byte[]? Base64(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is an object or an array; undefined when there is none of that kind.</summary>
    public static JsonElement Member(this JsonElement element, string name, JsonValueKind kind = JsonValueKind.Object) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : default;

    /// <summary>A member that is a whole number; null when there is none.</summary>
    public static long? Whole(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;

    /// <summary>A member that is a number; null when there is none.</summary>
    public static double? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : null;

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
