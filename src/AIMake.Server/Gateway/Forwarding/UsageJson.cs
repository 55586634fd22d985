using System.Buffers;
using System.Text.Json;
using AIMake.Gateway.Tokens;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// Reads <c>usage</c> objects of every dialect: <c>prompt_tokens</c>/<c>completion_tokens</c> of chat and embeddings,
/// <c>input_tokens</c>/<c>output_tokens</c> of responses, speech and pictures.
/// </summary>
internal static class UsageJson
{
    /// <summary>The top-level <c>usage</c> member of an answer.</summary>
    public static ReportedUsage? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        ReportedUsage? found = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isUsage)
            {
                found = Read(ref reader) ?? found;
            }
            else
            {
                reader.Skip();
            }
        }

        return reader.TokenType is JsonTokenType.EndObject ? found : throw new JsonException();
    }

    /// <summary>Our count of what a whole answer says, for vendors that report nothing.</summary>
    public static long CountWords(ReadOnlySpan<byte> json)
    {
        var tokens = default(TokenEstimator);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName && IsWords(ref reader) && reader.Read() && reader.TokenType is JsonTokenType.String)
            {
                Count(ref reader, ref tokens);
            }
        }

        return tokens.Tokens;
    }

    /// <summary>Whether the member the reader stands on holds what a model has written: content, refusals, reasoning, arguments of tools.</summary>
    public static bool IsWords(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("arguments"u8)
        || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8);

    /// <summary>Adds the string the reader stands on.</summary>
    public static void Count(ref Utf8JsonReader reader, ref TokenEstimator tokens)
    {
        if (!reader.ValueIsEscaped)
        {
            tokens.Add(reader.ValueSpan);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        tokens.Add(buffer.AsSpan(0, reader.CopyString(buffer)));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads the value the reader stands on; null when it is no object or tells nothing. Numbers beyond 64 bits count as the largest.</summary>
    public static ReportedUsage? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var (input, cached, output, any) = (0L, 0L, 0L, false);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8) ? 'i'
                : reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8) ? 'o'
                : reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8) ? 'd'
                : ' ';
            reader.Read();
            switch (name)
            {
                case 'i' when reader.TokenType is JsonTokenType.Number:
                    (input, any) = (Number(ref reader), true);
                    break;
                case 'o' when reader.TokenType is JsonTokenType.Number:
                    (output, any) = (Number(ref reader), true);
                    break;
                case 'd' when reader.TokenType is JsonTokenType.StartObject:
                    cached = Cached(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return any ? new ReportedUsage(input, cached, output) : null;
    }

    private static long Cached(ref Utf8JsonReader reader)
    {
        var cached = 0L;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isCached = reader.ValueTextEquals("cached_tokens"u8);
            reader.Read();
            if (isCached && reader.TokenType is JsonTokenType.Number)
            {
                cached = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return cached;
    }

    private static long Number(ref Utf8JsonReader reader) =>
        reader.TryGetInt64(out var whole) ? whole
        : reader.TryGetDouble(out var number) && number < 0 ? long.MinValue
        : long.MaxValue;
}
