namespace AIMake.Providers;

/// <summary>What one call consumed. Units that do not apply are zero.</summary>
internal sealed record ProviderUsage
{
    public static readonly ProviderUsage None = new();

    /// <summary>Tokens read, the cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/>, those the vendor had seen before.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens written, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Unicode scalar values of text spoken.</summary>
    public long Characters { get; init; }

    /// <summary>Seconds of sound or video, rounded up to a thousandth.</summary>
    public decimal Seconds { get; init; }

    /// <summary>Pictures or clips.</summary>
    public int Count { get; init; }

    /// <summary>What the vendor charges us, in millionths of a US dollar; null when it does not say.</summary>
    public long? CostMicroUsd { get; init; }

    public UsageSource Source { get; init; } = UsageSource.Counted;
}

/// <summary>Who says so.</summary>
public enum UsageSource
{
    /// <summary>The vendor reported it.</summary>
    Provider,

    /// <summary>We counted what went in and came out.</summary>
    Counted,

    /// <summary>Neither was possible, or the report was absurd: a careful guess, marked for review.</summary>
    Estimated,
}
