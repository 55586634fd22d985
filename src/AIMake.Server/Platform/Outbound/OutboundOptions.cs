using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Outbound;

/// <summary>
/// Settings <c>Outbound:*</c> for every call this server makes to the outside. The time limits suit providers of media; a call
/// may ask for others with <see cref="OutboundLimits"/>.
/// </summary>
internal sealed class OutboundOptions : IValidatableObject
{
    public const string Section = "Outbound";

    /// <summary>
    /// Hosts the operator vouches for, as <c>host</c> (any port) or <c>host:port</c>, for example <c>127.0.0.1:11434</c> for a
    /// model server on this machine. They may be private, speak plain http and use any port. Empty by default. Flat name
    /// <c>AIMAKE_ALLOWED_HOSTS</c>, with commas between.
    /// </summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Longest wait for a connection, TLS included. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait from sending to the answer's headers. Default 60 s.</summary>
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest silence inside an answer; a drip of a few bytes counts as silence. Default 30 s.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest whole call. Default 10 min.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection is reused before the name is looked up again. Default 5 min.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest answer, on the wire and, when compressed, unpacked. Default 256 MiB.</summary>
    [Range(1, long.MaxValue, ErrorMessage = "must be above zero.")]
    public long MaxResponseBytes { get; set; } = 256L << 20;

    /// <summary>Largest set of response headers, in KiB. Default 64.</summary>
    [Range(1, 1024, ErrorMessage = "must be from 1 to 1024.")]
    public int MaxHeaderKilobytes { get; set; } = 64;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[]
                 {
                     (nameof(ConnectTimeout), ConnectTimeout), (nameof(FirstByteTimeout), FirstByteTimeout), (nameof(IdleTimeout), IdleTimeout),
                     (nameof(TotalTimeout), TotalTimeout), (nameof(ConnectionLifetime), ConnectionLifetime),
                 })
            if (value <= TimeSpan.Zero) yield return new("must be longer than zero, e.g. 00:00:30.", [name]);
        if (FirstByteTimeout > TotalTimeout) yield return new($"({FirstByteTimeout}) must not exceed {nameof(TotalTimeout)} ({TotalTimeout}); raise the total.", [nameof(FirstByteTimeout)]);
        if (!Array.TrueForAll(AllowedHosts, OutboundPermits.IsEntry))
            yield return new("has an entry that is no host. Write host or host:port, without a scheme, user name or path.", [nameof(AllowedHosts)]);
    }
}
