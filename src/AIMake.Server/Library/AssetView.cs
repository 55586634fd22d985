using System.Text.Json.Serialization;
using AIMake.Credits;

namespace AIMake.Library;

/// <summary>Something made, of any kind, as its owner sees it.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Kind"><c>audio</c>.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Tags">At most 20, of 1 to 50 characters each.</param>
/// <param name="Url">Plays without an access token for an hour; ask again for a fresh one.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Duration">Seconds, for what has a length in time.</param>
/// <param name="Width">Pixels, for what is seen.</param>
/// <param name="Height">Pixels, for what is seen.</param>
/// <param name="GenerationId">The work that made this version; its receipt says what was paid.</param>
/// <param name="Credits">What this version cost.</param>
/// <param name="Version">1, and one more with every edit of the content.</param>
/// <param name="Peaks">Loudness over time, 0 to 255 a bar, for drawing without loading the sound.</param>
/// <param name="DeletedAt">Set while it waits in the bin.</param>
public sealed record AssetView(
    Guid Id, string Kind, string Title, IReadOnlyList<string> Tags, string Url, string MimeType, long Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Duration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Width,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height,
    Guid GenerationId, Micro Credits, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<int> Peaks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? DeletedAt);
