using System.Text.Json;
using AIMake.Gateway.Forwarding;
using AIMake.Providers;

namespace AIMake.Gateway.Images;

/// <summary>Reads what matters from an answer with pictures, or from an event with one, without copying the pictures.</summary>
internal static class ImageJson
{
    /// <param name="Size">As the vendor resolved it; null when it does not say.</param>
    public sealed record Came(int Count, string? Size, string? Quality, ProviderUsage Usage);

    public static bool TryRead(ReadOnlySpan<byte> json, out Came came)
    {
        var (count, size, quality, usage) = (0, (string?)null, (string?)null, (ReportedUsage?)null);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "data" when reader.TokenType is JsonTokenType.StartArray:
                        count = Pictures(ref reader);
                        break;
                    case "b64_json": // of an event
                        count = 1;
                        reader.Skip();
                        break;
                    case "size" when reader.TokenType is JsonTokenType.String:
                        size = reader.GetString();
                        break;
                    case "quality" when reader.TokenType is JsonTokenType.String:
                        quality = reader.GetString();
                        break;
                    case "usage":
                        usage = UsageJson.Read(ref reader);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            count = 0;
        }

        came = new Came(count, size, quality, usage is { Input: >= 0, Output: >= 0 } told
            ? new ProviderUsage { InputTokens = told.Input, OutputTokens = told.Output, Source = UsageSource.Provider }
            : ProviderUsage.None);
        return count > 0;
    }

    /// <summary>Whether an event carries a picture that is done, as its <c>type</c> says: <c>image_generation.completed</c>, <c>image_edit.completed</c>.</summary>
    public static bool IsCompleted(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType && reader.TokenType is JsonTokenType.String)
                {
                    return reader.ValueSpan.EndsWith(".completed"u8);
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // it passes as it is, and completes nothing
        }

        return false;
    }

    private static int Pictures(ref Utf8JsonReader reader)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }

        return count;
    }
}
