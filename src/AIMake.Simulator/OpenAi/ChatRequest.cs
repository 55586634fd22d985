using System.Text;
using System.Text.Json;

namespace AIMake.Simulator.OpenAi;

/// <summary>A checked request to <c>/chat/completions</c>.</summary>
internal sealed record ChatRequest(Conversation Conversation, int Choices, bool Stream, bool IncludeUsage, bool Obfuscate)
{
    private static readonly string[] Roles = ["developer", "system", "user", "assistant", "tool", "function"];

    public static (ChatRequest? Request, OpenAiError? Error) Read(OpenAiCall call, JsonElement? body)
    {
        if (body is not { } root) return (null, OpenAiErrors.BadJson());
        var (model, unknown) = call.FindModel(Member.Text(root, "model"), ModelKind.Chat);
        if (model is null) return (null, unknown);
        if (!root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            return Fail("messages", "Invalid 'messages': a non-empty array is required.");
        var words = new StringBuilder();
        var turn = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (!Roles.Contains(Member.Text(message, "role"))) return Fail($"messages[{turn}].role", $"Invalid value for 'messages[{turn}].role'.", "invalid_value");
            words.Append(Member.Words(message, "content"));
            turn++;
        }
        if (Member.Number(root, "temperature") is < 0 or > 2) return Fail("temperature", "Invalid 'temperature': must be from 0 to 2.");
        var choices = (int)(Member.Number(root, "n") ?? 1);
        if (choices is < 1 or > 128) return Fail("n", "Invalid 'n': must be from 1 to 128.");
        var last = messages[messages.GetArrayLength() - 1];
        var (tools, wrong) = ReadTools(root);
        if (wrong is not null) return (null, wrong);

        var options = Member.Object(root, "stream_options");
        return (new ChatRequest(
            new Conversation(
                model, words.ToString(), turn, Member.Words(last, "content"), Member.Text(last, "role") is "tool" or "function", tools, Forced(root),
                (int?)(Member.Number(root, "max_completion_tokens") ?? Member.Number(root, "max_tokens")), Stops(root), Schema(root)),
            choices, Member.True(root, "stream"), options is { } given && (Member.True(given, "include_usage") || (call.Profile == Profile.Vllm && !given.TryGetProperty("include_usage", out _))),
            call.Profile.Obfuscates && !(options is { } some && some.TryGetProperty("include_obfuscation", out var hide) && hide.ValueKind == JsonValueKind.False)), null);
    }

    private static (ChatRequest?, OpenAiError) Fail(string param, string message, string? code = null) => (null, OpenAiErrors.Bad(param, message, code));

    private static (List<Tool> Tools, OpenAiError? Error) ReadTools(JsonElement root)
    {
        var tools = new List<Tool>();
        if (!root.TryGetProperty("tools", out var list) || list.ValueKind != JsonValueKind.Array) return (tools, null);
        foreach (var tool in list.EnumerateArray())
        {
            if (Member.Object(tool, "function") is not { } function || Member.Text(function, "name") is not { Length: > 0 } name)
                return (tools, OpenAiErrors.Bad($"tools[{tools.Count}].function", $"Missing required parameter: 'tools[{tools.Count}].function.name'."));
            tools.Add(new Tool(name, function.TryGetProperty("parameters", out var schema) ? schema : default));
        }
        return (Member.Text(root, "tool_choice") == "none" ? [] : tools, null);
    }

    private static string? Forced(JsonElement root) =>
        Member.Text(root, "tool_choice") == "required" ? ""
        : Member.Object(root, "tool_choice") is { } choice && Member.Object(choice, "function") is { } function ? Member.Text(function, "name") ?? ""
        : null;

    private static string[] Stops(JsonElement root) =>
        !root.TryGetProperty("stop", out var stop) ? []
        : stop.ValueKind == JsonValueKind.String ? [stop.GetString()!]
        : stop.ValueKind == JsonValueKind.Array ? [.. stop.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)]
        : [];

    private static JsonElement Schema(JsonElement root)
    {
        if (Member.Object(root, "response_format") is not { } format) return default;
        return Member.Text(format, "type") switch
        {
            "json_object" => JsonElement.Parse("""{"properties":{"answer":{"type":"string"}}}"""),
            "json_schema" when Member.Object(format, "json_schema") is { } named && Member.Object(named, "schema") is { } schema => schema,
            _ => default,
        };
    }
}

/// <summary>Members of a request that may be missing or of another kind than they should.</summary>
internal static class Member
{
    public static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static double? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static bool True(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static JsonElement? Object(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The words of a content that is text, or parts of which some are.</summary>
    public static string Words(JsonElement message, string name)
    {
        if (message.ValueKind == JsonValueKind.String) return message.GetString()!;
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty(name, out var content)) return "";
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!;
        if (content.ValueKind != JsonValueKind.Array) return "";
        return string.Concat(content.EnumerateArray().Select(part => Text(part, "text") ?? ""));
    }
}
