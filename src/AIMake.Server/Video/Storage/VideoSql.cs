using AIMake.Platform.Database;

namespace AIMake.Video.Storage;

/// <summary>Every statement of the module.</summary>
internal static class VideoSql
{
    private const string Module = "video";

    private const string Columns =
        """
        user_id, id, model, prompt, seconds, size, own_key, api_key_id, frame_key, provider, key_id, task_id, task_state, cost,
        still_key, still_bytes, still_sha256, created_at
        """;

    public static readonly Statement Add = new(Module, "add_video",
        """
        INSERT INTO video.videos (user_id, id, model, prompt, seconds, size, own_key, frame_key)
        VALUES (@userId, @id, @model, @prompt, @seconds, @size, @ownKey, @frameKey)
        ON CONFLICT (user_id, id) DO NOTHING
        """);

    public static readonly Statement Find = new(Module, "find_video",
        $"SELECT {Columns} FROM video.videos WHERE user_id = @userId AND id = @id AND removed_at IS NULL");

    /// <summary>Where the video asked for stands is found by its own row, so that a page goes on after one that was removed meanwhile.</summary>
    public static readonly Statement Newest = new(Module, "list_newest_videos",
        $"""
        SELECT {Columns} FROM video.videos
        WHERE user_id = @userId AND removed_at IS NULL AND (@after::uuid IS NULL OR (created_at, id) <
            (SELECT v.created_at, v.id FROM video.videos v WHERE v.user_id = @userId AND v.id = @after))
        ORDER BY created_at DESC, id DESC LIMIT @limit
        """);

    public static readonly Statement Oldest = new(Module, "list_oldest_videos",
        $"""
        SELECT {Columns} FROM video.videos
        WHERE user_id = @userId AND removed_at IS NULL AND (@after::uuid IS NULL OR (created_at, id) >
            (SELECT v.created_at, v.id FROM video.videos v WHERE v.user_id = @userId AND v.id = @after))
        ORDER BY created_at, id LIMIT @limit
        """);

    public static readonly Statement Exists = new(Module, "video_exists",
        "SELECT EXISTS (SELECT 1 FROM video.videos WHERE user_id = @userId AND id = @id)");

    /// <summary>The first task stays: a video has one.</summary>
    public static readonly Statement SaveTask = new(Module, "save_task",
        """
        UPDATE video.videos SET provider = @provider, key_id = @keyId, task_id = @taskId, task_state = 'open', cost = @cost, api_key_id = @apiKeyId
        WHERE user_id = @userId AND id = @id AND task_id IS NULL
        """);

    public static readonly Statement EndTask = new(Module, "end_task",
        "UPDATE video.videos SET task_state = 'over' WHERE user_id = @userId AND id = @id AND task_state = 'open'");

    /// <summary>The video is there. What its order left open is known now.</summary>
    public static readonly Statement Finish = new(Module, "finish_video",
        """
        UPDATE video.videos SET task_state = 'over', seconds = coalesce(seconds, @seconds), size = coalesce(size, @size),
            still_key = @key, still_bytes = @bytes, still_sha256 = @sha256
        WHERE user_id = @userId AND id = @id
        """);

    public static readonly Statement Remove = new(Module, "remove_video",
        "UPDATE video.videos SET removed_at = now() WHERE user_id = @userId AND id = @id AND removed_at IS NULL");

    /// <summary>Tasks nobody has ended yet, oldest first.</summary>
    public static readonly Statement Open = new(Module, "open_tasks",
        $"""
        SELECT {Columns} FROM video.videos
        WHERE task_state = 'open' AND (@afterId::uuid IS NULL OR (created_at, id) > (@afterTime, @afterId))
        ORDER BY created_at, id LIMIT @limit
        """);

    public static readonly Statement OfTask = new(Module, "videos_of_task",
        "SELECT user_id, id FROM video.videos WHERE task_id = @taskId AND provider = ANY (@providers::text[]) AND task_state = 'open' LIMIT 10");

    public static readonly Statement TaskOf = new(Module, "task_of_video",
        $"SELECT {Columns} FROM video.videos WHERE id = @id AND task_id = @taskId AND task_state = 'open'");

    public static readonly Statement KnownFiles = new(Module, "known_video_files",
        """
        SELECT k.key FROM unnest(@keys::text[]) AS k (key)
        WHERE EXISTS (SELECT 1 FROM video.videos v WHERE v.frame_key = k.key) OR EXISTS (SELECT 1 FROM video.videos v WHERE v.still_key = k.key)
        """);

    public static readonly Statement Forget = new(Module, "forget_videos",
        "DELETE FROM video.videos WHERE user_id = @userId AND id = ANY (@ids)");

    public static readonly Statement ForgetUser = new(Module, "forget_videos_of_user",
        "DELETE FROM video.videos WHERE user_id = @userId");
}
