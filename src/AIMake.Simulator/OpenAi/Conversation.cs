using System.Text.Json;

namespace AIMake.Simulator.OpenAi;

/// <summary>A question to a language model, the same for chat completions and responses.</summary>
/// <param name="Words">All that was read, for counting.</param>
/// <param name="Turns">How many messages that was.</param>
/// <param name="LastText">What was said last.</param>
/// <param name="ToolAnswered">Whether a tool said it.</param>
/// <param name="Forced">The tool that must be called; empty for any of them, null when none must.</param>
/// <param name="MaxTokens">Most tokens of the answer.</param>
/// <param name="Schema">The JSON wanted; undefined for plain words, an empty object for any JSON.</param>
internal sealed record Conversation(
    OpenAiModel Model, string Words, int Turns, string LastText, bool ToolAnswered, IReadOnlyList<Tool> Tools, string? Forced,
    int? MaxTokens, IReadOnlyList<string> Stop, JsonElement Schema)
{
    public int PromptTokens => Tokens.Count(Words) + 3 * Turns + 3;
}

/// <param name="Schema">Its arguments, as JSON Schema.</param>
internal sealed record Tool(string Name, JsonElement Schema);

/// <summary>What came of it: words, or calls of tools.</summary>
/// <param name="Pieces">The words, token by token; empty for a call of tools.</param>
/// <param name="Arguments">Arguments of a call, as text; null for words.</param>
internal sealed record Reply(IReadOnlyList<string> Pieces, Tool? Tool, string? Arguments, string Finish, int Reasoning, int Cached)
{
    public string Text => string.Concat(Pieces);

    public int CompletionTokens => (Arguments is null ? Pieces.Count : Tokens.Count(Arguments) + 5) + Reasoning;

    /// <summary>Answers from the question alone, so that the same question is answered the same way; or as a switch says.</summary>
    public static Reply To(Conversation asked, ReplySetting? setting)
    {
        var tool = asked.Tools.FirstOrDefault(tool => tool.Name == asked.Forced) ?? asked.Tools.FirstOrDefault();
        var calls = tool is not null && (setting?.ToolArguments is not null || (setting is null or { Text: null, Tokens: null } && (asked.Forced is not null || !asked.ToolAnswered)));
        if (calls) return new Reply([], tool, setting?.ToolArguments ?? Sample.Of(tool!.Schema).ToJsonString(Formats.Plain), setting?.FinishReason ?? "tool_calls", setting?.ReasoningTokens ?? 0, setting?.CachedTokens ?? 0);

        var pieces = Tokens.Of(Words(asked, setting));
        var cut = asked.MaxTokens is { } most && pieces.Count > most;
        return new Reply(
            cut ? pieces[..asked.MaxTokens!.Value] : pieces, null, null, setting?.FinishReason ?? (cut ? "length" : "stop"),
            setting?.ReasoningTokens ?? 0, setting?.CachedTokens ?? 0);
    }

    private static string Words(Conversation asked, ReplySetting? setting)
    {
        if (setting?.Tokens is { } tokens) return string.Concat(Enumerable.Repeat("word", tokens));
        var words = setting?.Text
            ?? (asked.Schema.ValueKind == JsonValueKind.Object ? Sample.Of(asked.Schema).ToJsonString(Formats.Plain)
                : asked.ToolAnswered ? $"The tool says: {asked.LastText}"
                : $"You said: {asked.LastText} — 这是模拟的回答 🎉.");
        foreach (var stop in asked.Stop)
            if (stop.Length > 0 && words.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var at) words = words[..at];
        return words;
    }
}

/// <summary>A tokenizer of our own: four ASCII letters are one token, and so is any other character.</summary>
internal static class Tokens
{
    public static int Count(string text) => Of(text).Count;

    public static List<string> Of(string text)
    {
        var tokens = new List<string>();
        var from = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsAscii(text[at]) ? 1 : char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            var ascii = char.IsAscii(text[at]);
            if (!ascii && at > from) Add(at);
            at += length;
            if (!ascii || at - from == 4) Add(at);
        }
        if (from < text.Length) Add(text.Length);
        return tokens;

        void Add(int to)
        {
            tokens.Add(text[from..to]);
            from = to;
        }
    }
}
