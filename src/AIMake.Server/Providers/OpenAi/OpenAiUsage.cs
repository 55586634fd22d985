using System.Text;
using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Reads the usage objects of OpenAI's API. Chats and embeddings call it prompt and completion, responses, pictures and
/// transcripts input and output. A report nobody can believe is no report.
/// </summary>
internal static class OpenAiUsage
{
    /// <summary>More tokens than any one answer has.</summary>
    private const long Absurd = 100_000_000;

    /// <returns>Null when there is no report, or an absurd one.</returns>
    public static ProviderUsage? Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return null;
        var (input, output) = (Number(usage, "prompt_tokens") ?? Number(usage, "input_tokens"), Number(usage, "completion_tokens") ?? Number(usage, "output_tokens"));
        if ((input, output) is not ((null or (>= 0 and <= Absurd)), (null or (>= 0 and <= Absurd))) || (input ?? 0) + (output ?? 0) == 0) return null;
        return new ProviderUsage
        {
            InputTokens = input ?? 0,
            CachedTokens = Math.Clamp(Number(Member(usage, "prompt_tokens_details"), "cached_tokens") ?? Number(Member(usage, "input_tokens_details"), "cached_tokens") ?? 0, 0, input ?? 0),
            OutputTokens = output ?? 0,
            Source = UsageSource.Provider,
        };
    }

    /// <summary>
    /// A careful guess at the tokens of a text, for when nobody says: four letters of the Latin alphabet make one, every other
    /// character makes one of its own. Real tokenizers rarely need more.
    /// </summary>
    public static long Guess(ReadOnlySpan<char> text)
    {
        var (letters, others) = (0L, 0L);
        foreach (var rune in text.EnumerateRunes())
            if (rune.IsAscii) letters++;
            else others++;
        return (letters + 3) / 4 + others;
    }

    /// <summary>The same for messages or other JSON: its words, and a little for each of them to be framed.</summary>
    public static long Guess(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Guess(json.GetString()),
        JsonValueKind.Array => json.EnumerateArray().Sum(Guess) + 3,
        JsonValueKind.Object => json.EnumerateObject().Sum(member => Guess(member.Value)) + 3,
        _ => 1,
    };

    private static JsonElement Member(JsonElement usage, string name) => usage.TryGetProperty(name, out var value) ? value : default;

    private static long? Number(JsonElement usage, string name)
    {
        if (usage.ValueKind != JsonValueKind.Object || !usage.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : long.MaxValue;
    }
}
