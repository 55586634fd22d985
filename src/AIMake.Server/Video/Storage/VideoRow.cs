namespace AIMake.Video.Storage;

/// <summary>A row of <c>video.videos</c>.</summary>
internal sealed class VideoRow
{
    public Guid UserId { get; init; }

    /// <summary>The generation's id, and the asset's once there is one.</summary>
    public Guid Id { get; init; }

    public string Model { get; init; } = "";

    public string Prompt { get; init; } = "";

    /// <summary>As ordered; where the length follows from the script, null until the video is there.</summary>
    public int? Seconds { get; init; }

    /// <summary>As ordered, in pixels, e.g. <c>1280x720</c>; where the vendor chooses, null until the video is there.</summary>
    public string? Size { get; init; }

    public bool OwnKey { get; init; }

    public Guid? ApiKeyId { get; init; }

    public string? FrameKey { get; init; }

    /// <summary>Who makes it; null before it was ordered.</summary>
    public string? Provider { get; init; }

    public Guid? KeyId { get; init; }

    public string? TaskId { get; init; }

    public string TaskState { get; init; } = "";

    /// <summary>Micro-USD; null when unknown.</summary>
    public long? Cost { get; init; }

    public string? StillKey { get; init; }

    public long? StillBytes { get; init; }

    public string? StillSha256 { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
