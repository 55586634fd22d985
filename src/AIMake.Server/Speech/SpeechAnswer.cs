using System.Text.Json.Serialization;
using AIMake.Credits;

namespace AIMake.Speech;

/// <summary>The audio, or where to look for it. Only <paramref name="GenerationId"/> is there while the work goes on (202).</summary>
/// <param name="GenerationId">The work; follow it at <c>/api/generations/{id}/events</c>.</param>
/// <param name="Id">The audio in the library.</param>
/// <param name="Url">Plays without an access token for an hour.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Format">File format.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Credits">What it cost.</param>
public sealed record SpeechAnswer(
    Guid GenerationId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Duration = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Format = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Bytes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Micro? Credits = null);
