using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Http;

/// <summary>Requests a minute, counted in this process, or over all nodes with <c>REDIS_URL</c>. Bursts may use a whole minute's worth at once.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";
    private const string Cure = "must be between 1 and 1,000,000 requests a minute.";

    /// <summary>All requests of one address (default 6,000): an office behind one address is many people.</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int PerAddress { get; set; } = 6_000;

    /// <summary>Sign-up, sign-in and password changes of one address (default 60); wrong passwords are slowed down besides, per account.</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int Auth { get; set; } = 60;

    /// <summary>All requests of one user (default 3,000).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int PerUser { get; set; } = 3_000;

    /// <summary>Requests one API key may have under way at once on one node, where the key itself says nothing (default 500).</summary>
    [Range(1, 1_000_000, ErrorMessage = "must be between 1 and 1,000,000 requests at once.")]
    public int AtOncePerKey { get; set; } = 500;

    /// <summary>Requests of one user that cost credits (default 600).</summary>
    [Range(1, 1_000_000, ErrorMessage = Cure)]
    public int Paid { get; set; } = 600;
}
