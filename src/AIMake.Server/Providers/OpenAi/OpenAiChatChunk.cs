using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// One chunk of a chat, read as tolerantly as servers differ: anything may be missing, usage may stand anywhere, and tool calls
/// may lack what only the first of them needs.
/// </summary>
/// <param name="ToolCalls">Undefined when there are none.</param>
internal readonly record struct OpenAiChatChunk(string Text, JsonElement ToolCalls, string? Finish, ProviderUsage? Usage)
{
    public static OpenAiChatChunk Read(JsonElement chunk)
    {
        var usage = chunk.TryGetProperty("usage", out var reported) ? OpenAiUsage.Read(reported) : null;
        if (Choice(chunk) is not { } choice) return new("", default, null, usage);
        var finish = OpenAiAnswer.Text(choice, "finish_reason") is { Length: > 0 } reason ? reason : null;
        if (!choice.TryGetProperty("delta", out var delta) || delta.ValueKind != JsonValueKind.Object) return new("", default, finish, usage);
        var text = OpenAiAnswer.Text(delta, "content") ?? OpenAiAnswer.Text(delta, "refusal") ?? "";
        var calls = delta.TryGetProperty("tool_calls", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? Repair(list) : default;
        return new(text, calls, finish, usage);
    }

    /// <summary>The first choice; others were not asked for.</summary>
    private static JsonElement? Choice(JsonElement chunk)
    {
        if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array) return null;
        foreach (var choice in choices.EnumerateArray())
            if (choice.ValueKind == JsonValueKind.Object && !(choice.TryGetProperty("index", out var index) && index.ValueKind == JsonValueKind.Number && index.GetRawText() != "0"))
                return choice;
        return null;
    }

    /// <summary>Gives calls an index by their place and an id where they begin without one; leaves good ones as they are.</summary>
    private static JsonElement Repair(JsonElement calls)
    {
        var good = true;
        foreach (var call in calls.EnumerateArray()) good &= IsGood(call);
        if (good) return calls.Clone();
        var repaired = new JsonArray();
        foreach (var call in calls.EnumerateArray())
        {
            if (call.ValueKind != JsonValueKind.Object) continue;
            var made = JsonNode.Parse(call.GetRawText())!.AsObject();
            if (!HasIndex(call)) made["index"] = repaired.Count;
            if (!HasId(call) && Begins(call)) made["id"] = $"call_{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)}";
            repaired.Add(made);
        }
        return JsonSerializer.SerializeToElement(repaired);
    }

    private static bool IsGood(JsonElement call) => call.ValueKind == JsonValueKind.Object && HasIndex(call) && (HasId(call) || !Begins(call));

    private static bool HasIndex(JsonElement call) => call.TryGetProperty("index", out var index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out _);

    private static bool HasId(JsonElement call) => OpenAiAnswer.Text(call, "id") is { Length: > 0 };

    private static bool Begins(JsonElement call) =>
        call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object && OpenAiAnswer.Text(function, "name") is { Length: > 0 };
}
