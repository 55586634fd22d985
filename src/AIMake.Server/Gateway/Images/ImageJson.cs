using System.Text.Json;
using AIMake.Gateway.Forwarding;
using AIMake.Providers;

namespace AIMake.Gateway.Images;

/// <summary>Reads what matters from an answer with pictures, without copying the pictures.</summary>
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
