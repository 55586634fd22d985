using System.ComponentModel.DataAnnotations;

namespace AIMake.Speech;

/// <summary>Limits of speech.</summary>
internal sealed class SpeechOptions
{
    public const string Section = "Speech";

    /// <summary>Longest text whose result <c>POST /api/tts/generate</c> waits for, in characters. Part of the contract.</summary>
    public const int WaitedFor = 5_000;

    /// <summary>Longest text at all, in characters. Part of the contract.</summary>
    public const int Longest = 500_000;

    /// <summary>
    /// Largest body of the routes that take a text: the longest text with every character escaped (12 bytes), and room for the rest.
    /// </summary>
    public const int MaxBodyBytes = 6_500_000;

    /// <summary>How long <c>POST /api/tts/generate</c> waits before it answers 202 (default 60 s).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ErrorMessage = "must be between 1 second and 2 minutes.")]
    public TimeSpan WaitFor { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Segments kept as one file and recorded in one transaction (default 64): what a crash can lose.</summary>
    [Range(1, 1_000, ErrorMessage = "must be between 1 and 1000.")]
    public int SegmentsPerPack { get; set; } = 64;

    /// <summary>
    /// How long spoken segments that no audio uses any more are kept for reuse (default 30 days). Those of an audio in the library
    /// live as long as it does.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00", ErrorMessage = "must be between 1 hour and 10 years.")]
    public TimeSpan KeepUnusedFor { get; set; } = TimeSpan.FromDays(30);
}
