using System.ComponentModel.DataAnnotations;

namespace AIMake.Gateway;

/// <summary>The OpenAI-shaped API under <c>/v1</c>.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Most calls that share one commit (default 64).</summary>
    [Range(1, 1_000, ErrorMessage = "must be from 1 to 1000.")]
    public int GroupSize { get; set; } = 64;

    /// <summary>How long credits stay set aside for a call whose server shows no sign of life (default 60 s); then what was delivered is charged.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00", ErrorMessage = "must be between 2 seconds and 10 minutes.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often what streams have delivered is written down (default 5 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:15", ErrorMessage = "must be between 0.1 and 15 seconds.")]
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tokens of an answer that are set aside where neither the request nor the catalog names a limit (default 16,384).</summary>
    [Range(1, 1_000_000, ErrorMessage = "must be from 1 to 1,000,000.")]
    public int AssumedOutputTokens { get; set; } = 16_384;

    /// <summary>Largest body with pictures or sound in it, in bytes (default 30 MB).</summary>
    [Range(1_024, 500_000_000, ErrorMessage = "must be between 1,024 and 500,000,000 bytes.")]
    public long MaxBodyBytes { get; set; } = 30_000_000;

    /// <summary>Memory that all bodies above 64 KiB may take together, in bytes (default 256 MB, and never more than an eighth of the process's); beyond that callers are told to come back.</summary>
    [Range(1_024, long.MaxValue, ErrorMessage = "must be 1,024 bytes or more.")]
    public long MaxBodyMemory { get; set; } = 256_000_000;

    /// <summary>Largest recording to transcribe, in bytes (default 100 MB).</summary>
    [Range(1_024, 1_000_000_000, ErrorMessage = "must be between 1,024 and 1,000,000,000 bytes.")]
    public long MaxRecordingBytes { get; set; } = 100_000_000;

    /// <summary>
    /// Largest answer in bytes that is kept for its <c>Idempotency-Key</c> (default 8 MB). The key of a larger one still keeps it from being
    /// made twice.
    /// </summary>
    [Range(0, 100_000_000, ErrorMessage = "must be between 0 and 100,000,000 bytes.")]
    public int KeptAnswerBytes { get; set; } = 8_000_000;

    /// <summary>
    /// Providers whose streams are read to their end after the client has left, because they bill the whole answer and say what it
    /// was; from the others we hang up and charge our own count. For providers that speak OpenAI's API. Default: none.
    /// </summary>
    public string[] DrainProviders { get; set; } = [];

    /// <summary>Streams read on at once after their clients left (default 32); beyond that we hang up.</summary>
    [Range(0, 10_000, ErrorMessage = "must be from 0 to 10,000.")]
    public int MaxDrains { get; set; } = 32;

    /// <summary>How long one is read on at most (default 60 s).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "must be between 1 second and 10 minutes.")]
    public TimeSpan DrainFor { get; set; } = TimeSpan.FromSeconds(60);
}
