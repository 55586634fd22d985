using System.ComponentModel.DataAnnotations;

namespace AIMake.Providers.Resilience;

/// <summary>How one provider is treated when it is slow, busy or broken. Defaults suit a paid speech API.</summary>
internal sealed class ResilienceOptions
{
    /// <summary>Calls side by side (default 8).</summary>
    [Range(1, 1000, ErrorMessage = "must be from 1 to 1000.")]
    public int MaxConcurrency { get; set; } = 8;

    /// <summary>Calls that may wait for a place (default 256); more are turned away at once.</summary>
    [Range(0, 100_000, ErrorMessage = "must be from 0 to 100000.")]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>Further tries before the first byte (default 2); 0 turns retrying off.</summary>
    [Range(0, 5, ErrorMessage = "must be from 0 to 5.")]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Wait before the first retry, doubled and jittered for the next (default 0.5 s). A vendor's own wish goes first.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "must be from 00:00:00.001 to 00:01:00.")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait a vendor may impose on a call in progress (default 20 s); a longer one ends the call, with the wait in its fault.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "must be from 00:00:00 to 00:10:00.")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Failures among the calls of the last ten seconds, as a share, that stop all calls for a while (default 0.5).</summary>
    [Range(0.05, 1, ErrorMessage = "must be from 0.05 to 1.")]
    public double BreakAtFailureShare { get; set; } = 0.5;

    /// <summary>Calls within ten seconds below which nothing is concluded (default 8).</summary>
    [Range(2, 1000, ErrorMessage = "must be from 2 to 1000.")]
    public int BreakAtLeastCalls { get; set; } = 8;

    /// <summary>How long calls stop before one is let through to try (default 5 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00", ErrorMessage = "must be from 00:00:00.500 to 01:00:00.")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(5);
}
