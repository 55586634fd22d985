using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>Something made, on its way into the library; its bytes are already durable.</summary>
/// <param name="Id">Made before the work began, so that a repeated run writes the same row.</param>
/// <param name="Excerpt">Beginning of the content, so that it can be found by its words.</param>
/// <param name="Details">The product's own facts for lists, a JSON object.</param>
internal sealed record NewAsset(
    Guid UserId, Guid Id, string Kind, string Title, IReadOnlyList<string> Tags, string MimeType, StoredFile File,
    TimeSpan? Duration, byte[]? Peaks, Guid GenerationId, Micro Credits, string Excerpt, JsonElement Details)
{
    public const int MaxExcerpt = 4_000;

    /// <summary>Pixels, for what is seen.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels, for what is seen.</summary>
    public int? Height { get; init; }

    /// <summary>As much of a text as an excerpt holds, never half a character.</summary>
    public static string Cut(string text) => text.Length <= MaxExcerpt ? text : text[..(char.IsHighSurrogate(text[MaxExcerpt - 1]) ? MaxExcerpt - 1 : MaxExcerpt)];
}
