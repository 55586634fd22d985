using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Http;

/// <summary>Requests a minute, counted in this process. Bursts may use a whole minute's worth at once.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";
    private const string Cure = "must be between 1 and 1,000,000 requests a minute.";

    /// <summary>All requests of one address (default 1,200).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int PerAddress { get; set; } = 1_200;

    /// <summary>Sign-up, sign-in, refresh and password changes of one address (default 30).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int Auth { get; set; } = 30;

    /// <summary>All requests of one user (default 600).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int PerUser { get; set; } = 600;

    /// <summary>Requests of one user that cost credits (default 300).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int Paid { get; set; } = 300;
}
