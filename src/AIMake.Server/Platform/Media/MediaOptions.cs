using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Media;

/// <summary>How audio is encoded.</summary>
internal sealed class MediaOptions : IValidatableObject
{
    public const string Section = "Media";

    /// <summary>The encoder program (default <c>ffmpeg</c>, looked up in PATH).</summary>
    [Required(ErrorMessage = "name the ffmpeg program.")]
    public string FfmpegPath { get; set; } = "ffmpeg";

    /// <summary>MP3 processes working on one file side by side; 0 (the default) means one per processor.</summary>
    [Range(0, 64, ErrorMessage = "must be 0 to 64.")]
    public int EncodersPerFile { get; set; }

    /// <summary>Seconds of audio in the first part of an MP3 (default 60); each next part is twice as long…</summary>
    [Range(1, 3600, ErrorMessage = "must be 1 to 3,600.")]
    public double FirstPartSeconds { get; set; } = 60;

    /// <summary>…up to this (default 240). A part being made is held in memory: 240 s are 10 MB at 22,050 Hz.</summary>
    [Range(1, 3600, ErrorMessage = "must be 1 to 3,600.")]
    public double LargestPartSeconds { get; set; } = 240;

    /// <summary>How long an encoder may make no progress while it has work and room for its output (default 60 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "must be between 0.1 seconds and 10 minutes.")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether one ffmpeg per format and rate recently used is kept started and waiting (default true). Loading its libraries
    /// takes longer than encoding a sentence.
    /// </summary>
    public bool KeepWarm { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LargestPartSeconds < FirstPartSeconds)
            yield return new($"is {LargestPartSeconds}, less than FirstPartSeconds ({FirstPartSeconds}): raise it.", [nameof(LargestPartSeconds)]);
    }
}
