namespace AIMake.Platform.Outbound;

/// <summary>Limits of one call; what is left out is taken from <see cref="OutboundOptions"/>.</summary>
internal sealed record OutboundLimits
{
    public static readonly OutboundLimits Default = new();

    /// <summary>Longest wait from sending to the answer's headers.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>Longest silence inside the answer.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Longest whole call.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>Largest answer in bytes, on the wire and unpacked.</summary>
    public long? MaxBytes { get; init; }
}
