using System.ComponentModel.DataAnnotations;

namespace AIMake.Video;

/// <summary>Limits of video.</summary>
internal sealed class VideoOptions
{
    public const string Section = "Video";

    /// <summary>Longest prompt or script, in characters, where the model has no limit of its own. Part of the contract.</summary>
    public const int LongestPrompt = 32_000;

    /// <summary>Largest first frame, in bytes. Part of the contract.</summary>
    public const int LargestFrame = 10 * 1024 * 1024;

    /// <summary>How long a vendor may take (default 2 h); after that the video has failed and nothing is charged.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "must be between 1 second and 7 days.")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How often vendors are asked how a video stands; left out: as often as each of them likes to be asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00", ErrorMessage = "must be between 10 milliseconds and 10 minutes.")]
    public TimeSpan? PollEvery { get; set; }

    /// <summary>Largest finished file that is kept, in bytes (default 1 GiB).</summary>
    [Range(1_024, 16L << 30, ErrorMessage = "must be between 1,024 bytes and 16 GiB.")]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Seconds set aside for a video whose length neither the order nor the catalog tells (default 15); more where its script takes longer to say.</summary>
    [Range(1, 3_600, ErrorMessage = "must be from 1 to 3600.")]
    public int AssumedSeconds { get; set; } = 15;
}
