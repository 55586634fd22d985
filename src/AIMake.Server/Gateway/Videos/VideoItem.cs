using System.Globalization;
using System.Text.Json.Serialization;
using AIMake.Generations;
using AIMake.Video;

namespace AIMake.Gateway.Videos;

/// <summary>A video in OpenAI's shape.</summary>
/// <param name="Id"><c>video_</c> and 32 hex digits.</param>
/// <param name="Object">Always <c>video</c>.</param>
/// <param name="Status"><c>queued</c>, <c>in_progress</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="Progress">0 to 100, as far as the provider says.</param>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="CompletedAt">Unix seconds; null while it is not completed.</param>
/// <param name="ExpiresAt">Always null: what is made is kept.</param>
/// <param name="Size">Width and height as ordered; where the provider chooses, null until it is completed.</param>
/// <param name="Seconds">Length as ordered, in digits; where it follows from the script, null until it is completed.</param>
/// <param name="RemixedFromVideoId">Always null.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
public sealed record VideoItem(
    string Id, string Object, string Model, string Status, int Progress,
    [property: JsonPropertyName("created_at")] long CreatedAt, [property: JsonPropertyName("completed_at")] long? CompletedAt,
    [property: JsonPropertyName("expires_at")] long? ExpiresAt, string Prompt, string? Size, string? Seconds,
    [property: JsonPropertyName("remixed_from_video_id")] string? RemixedFromVideoId, VideoItemError? Error)
{
    private const string Prefix = "video_";

    internal static VideoItem Of(VideoView video)
    {
        var work = video.Work;
        var status = work.Status switch
        {
            GenerationStatus.Succeeded => "completed",
            GenerationStatus.Failed or GenerationStatus.Canceled => "failed",
            _ => video.IsOrdered ? "in_progress" : "queued",
        };
        return new VideoItem(
            IdOf(video.Id), "video", video.Model, status, status == "completed" ? 100 : Math.Min(99, (int)(work.Progress * 100)),
            video.CreatedAt.ToUnixTimeSeconds(), status == "completed" ? work.FinishedAt?.ToUnixTimeSeconds() : null, null,
            video.Prompt, video.Size, video.Seconds?.ToString(CultureInfo.InvariantCulture), null,
            work.Error is { } error ? new VideoItemError(error.Code.ToLowerInvariant(), error.Message) : null);
    }

    internal static string IdOf(Guid id) => $"{Prefix}{id:N}";

    /// <summary>Null for what no video is called.</summary>
    internal static Guid? Read(string id) =>
        id.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(id.AsSpan(Prefix.Length), "N", out var guid) ? guid : null;
}

/// <param name="Code">As in faults, in lower case.</param>
public sealed record VideoItemError(string Code, string Message);

/// <param name="Object">Always <c>list</c>.</param>
/// <param name="LastId">To be asked for as <c>after</c>, when <paramref name="HasMore"/>.</param>
public sealed record VideoItemList(
    string Object, IReadOnlyList<VideoItem> Data, [property: JsonPropertyName("first_id")] string? FirstId, [property: JsonPropertyName("last_id")] string? LastId,
    [property: JsonPropertyName("has_more")] bool HasMore);

/// <param name="Object">Always <c>video.deleted</c>.</param>
public sealed record VideoItemDeleted(string Id, string Object, bool Deleted);
