using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Scheduling;

/// <summary>The cluster of nodes that share recurring work. The defaults suit every size; tests shorten them.</summary>
internal sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>False keeps recurring work off this node whatever its role.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often a node says it lives (default 7.5 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00", ErrorMessage = "must be between half a second and 5 minutes.")]
    public TimeSpan CheckinInterval { get; set; } = TimeSpan.FromSeconds(7.5);

    /// <summary>Silence beyond the interval after which a node counts as dead and its runs are taken over (default 15 s; longer than the longest pause of a live one).</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00", ErrorMessage = "must be between half a second and 10 minutes.")]
    public TimeSpan CheckinMisfireThreshold { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs at once on one node (default 4).</summary>
    [Range(1, 100, ErrorMessage = "must be between 1 and 100.")]
    public int Concurrency { get; set; } = 4;
}
