using AIMake.Accounts.Export;
using AIMake.Platform.Database;
using AIMake.Platform.Storage;

namespace AIMake.Video;

/// <summary>Prompts, with the frames videos began with and their stills. The videos are in the library's files.</summary>
internal sealed class VideoExport(IFileStore files) : IUserDataExport
{
    private const int Bite = 50;

    private static readonly Statement Videos = ExportRows.Of("video", "export_videos", "video.videos t", "t.id", "uuid",
        """
        t.id, t.model, t.prompt, t.seconds, t.size, t.own_key AS "ownKey", t.api_key_id AS "apiKeyId", regexp_replace(t.frame_key, '^.*/', 'video/files/') AS "frameFile",
        regexp_replace(t.still_key, '^.*/', 'video/files/') AS "stillFile", t.created_at AS "createdAt", t.removed_at AS "removedAt"
        """);

    private static readonly Statement Pictures = ExportRows.Of("video", "export_pictures",
        "(SELECT user_id, frame_key AS file FROM video.videos UNION SELECT user_id, still_key FROM video.videos) t", "t.file", "text", "t.file",
        owner: "t.user_id = @userId AND t.file IS NOT NULL");

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        await archive.AddRowsAsync("video/videos.jsonl", Videos, userId, ct, Bite);
        await foreach (var picture in archive.ReadAsync(Pictures, userId, Bite, ct))
        {
            await archive.AddAsync($"video/files/{Path.GetFileName(picture.Key)}", await files.OpenAsync(picture.Key, 0, null, ct), ct);
        }
    }
}
