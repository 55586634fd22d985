using System.Text.Json;
using AIMake.Credits;

namespace AIMake.Library.Storage;

/// <summary>A row of <c>library.assets</c>.</summary>
internal sealed class AssetRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public int Version { get; init; }

    public string Kind { get; init; } = "";

    public string Title { get; init; } = "";

    public string[] Tags { get; init; } = [];

    public string MimeType { get; init; } = "";

    public long Bytes { get; init; }

    public string Sha256 { get; init; } = "";

    public string FileKey { get; init; } = "";

    public long? DurationMs { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public byte[]? Peaks { get; init; }

    /// <summary>The product's own facts, a JSON object.</summary>
    public JsonElement Details { get; init; }

    public Guid GenerationId { get; init; }

    public Micro Credits { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }
}
