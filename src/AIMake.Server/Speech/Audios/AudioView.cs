using System.Text.Json.Serialization;
using AIMake.Credits;
using AIMake.Library;
using AIMake.Library.Storage;

namespace AIMake.Speech.Audios;

/// <summary>An audio of the library.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Kind">Always <c>audio</c>.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Tags">At most 20, of 1 to 50 characters each.</param>
/// <param name="Url">Plays without an access token for an hour; ask again for a fresh one.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="GenerationId">The work that made this version; its receipt says what was paid.</param>
/// <param name="Credits">What this version cost.</param>
/// <param name="Version">1, and one more with every edit of the text.</param>
/// <param name="Peaks">Loudness over time, 0 to 255 a bar, for drawing without loading the sound.</param>
/// <param name="VoiceId">Who speaks.</param>
/// <param name="Model">Model behind the voice.</param>
/// <param name="Speed">Rate of speaking.</param>
/// <param name="Format">File format.</param>
/// <param name="DeletedAt">Set while it waits in the bin.</param>
/// <param name="Text">What it says; only when one audio is asked for.</param>
public sealed record AudioView(
    Guid Id, string Kind, string Title, IReadOnlyList<string> Tags, string Url, string MimeType, long Bytes, double Duration,
    Guid GenerationId, Micro Credits, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<int> Peaks,
    string VoiceId, string Model, double Speed, string Format,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? DeletedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text)
{
    internal static AudioView From(AssetRow row, AssetLinks links, HttpRequest request, string? text = null)
    {
        var details = AudioDetails.Of(row);
        return new AudioView(
            row.Id, row.Kind, row.Title, row.Tags, links.Url(row.UserId, row.Id, request), row.MimeType, row.Bytes, AssetLinks.Seconds(row) ?? 0,
            row.GenerationId, row.Credits, row.Version, row.CreatedAt, row.UpdatedAt, AssetLinks.Peaks(row),
            details.VoiceId, details.Model, details.Speed, details.Format, row.DeletedAt, text);
    }
}
