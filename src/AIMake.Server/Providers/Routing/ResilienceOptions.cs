using System.ComponentModel.DataAnnotations;

namespace AIMake.Providers.Routing;

/// <summary>How one provider's keys are treated when they are slow, busy or broken.</summary>
internal sealed class ResilienceOptions
{
    /// <summary>Calls that may wait for a place with a key (default 256); more are turned away at once.</summary>
    [Range(0, 100_000, ErrorMessage = "must be from 0 to 100000.")]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>Longest wait for a place (default 30 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00", ErrorMessage = "must be from 00:00:00.001 to 00:10:00.")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Further tries after failures of the vendor before the first byte (default 2), within the retry budget; 0 turns retrying
    /// off. A refused key (throttled, out of quota, unauthorized) is not counted: the next one is tried at once.
    /// </summary>
    [Range(0, 5, ErrorMessage = "must be from 0 to 5.")]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Wait before the same key is tried again, doubled and jittered for the next (default 0.5 s). Another key is tried at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "must be from 00:00:00.001 to 00:01:00.")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Failures in a row that take a key out for a while (default 5); three are enough while other keys of the pool work.</summary>
    [Range(1, 1000, ErrorMessage = "must be from 1 to 1000.")]
    public int BreakAfter { get; set; } = 5;

    /// <summary>Failures among the calls of the last ten seconds, as a share, that do so too (default 0.5).</summary>
    [Range(0.05, 1, ErrorMessage = "must be from 0.05 to 1.")]
    public double BreakAtFailureShare { get; set; } = 0.5;

    /// <summary>Calls within ten seconds below which nothing is concluded from their share (default 8).</summary>
    [Range(2, 1000, ErrorMessage = "must be from 2 to 1000.")]
    public int BreakAtLeastCalls { get; set; } = 8;

    /// <summary>How long such a key is left alone before one call is let through to try (default 5 s), doubled each time that fails, up to a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00", ErrorMessage = "must be from 00:00:00.500 to 01:00:00.")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(5);
}
