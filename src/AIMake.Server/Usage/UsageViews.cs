using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using AIMake.Credits;

namespace AIMake.Usage;

/// <summary>What was used, counted.</summary>
public record UsageFigures
{
    /// <summary>Paid calls, those with a key of the user's own among them.</summary>
    public required long Count { get; init; }

    /// <summary>Of <c>count</c>, those made with a provider key of the user's own: they cost no credits.</summary>
    public required long OwnKeyCount { get; init; }

    public required UsageUnits Units { get; init; }

    public required UsageTokens Tokens { get; init; }

    /// <summary>Credits charged.</summary>
    public required Micro Credits { get; init; }

    /// <summary>For admins: what it cost us in US dollars, as far as it is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CostUsd { get; init; }

    /// <summary>For admins: the worth of the credits charged, less <c>costUsd</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? MarginUsd { get; init; }

    /// <summary>For admins: calls whose cost nobody told; they are missing in <c>costUsd</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UnknownCosts { get; init; }
}

/// <summary>Amounts other than tokens.</summary>
/// <param name="Characters">Of text spoken.</param>
/// <param name="Seconds">Of sound or video.</param>
/// <param name="Pieces">Pictures and clips.</param>
public sealed record UsageUnits(long Characters, decimal Seconds, long Pieces);

/// <summary>Tokens.</summary>
/// <param name="Input">Read, the cached ones included.</param>
/// <param name="Cached">Of <c>input</c>, those the provider had seen before.</param>
/// <param name="Output">Written.</param>
public sealed record UsageTokens(long Input, long Cached, long Output);

/// <summary>Everything used in a span of days.</summary>
public sealed record UsageView : UsageFigures
{
    [SetsRequiredMembers]
    internal UsageView(UsageFigures sums, string from, string to, IReadOnlyList<ServiceUsage> services, IReadOnlyList<ModelUsage> models)
        : base(sums) => (From, To, Services, Models) = (from, to, services, models);

    /// <summary>First day, UTC.</summary>
    public required string From { get; init; }

    /// <summary>Last day, UTC, included.</summary>
    public required string To { get; init; }

    /// <summary>By kind of work, most credits first.</summary>
    public required IReadOnlyList<ServiceUsage> Services { get; init; }

    /// <summary>By model, most credits first; at most 200, the rest only in the sums.</summary>
    public required IReadOnlyList<ModelUsage> Models { get; init; }
}

/// <summary>One kind of work.</summary>
public sealed record ServiceUsage : UsageFigures
{
    [SetsRequiredMembers]
    internal ServiceUsage(UsageFigures sums, string service)
        : base(sums) => Service = service;

    /// <summary><c>speech</c>, <c>chat</c> …</summary>
    public required string Service { get; init; }
}

/// <summary>One model at one provider.</summary>
public sealed record ModelUsage : UsageFigures
{
    [SetsRequiredMembers]
    internal ModelUsage(UsageFigures sums, string service, string model, string provider)
        : base(sums) => (Service, Model, Provider) = (service, model, provider);

    public required string Service { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }
}

/// <summary>One day or month in which something was used.</summary>
public sealed record PeriodUsage : UsageFigures
{
    [SetsRequiredMembers]
    internal PeriodUsage(UsageFigures sums, string period, IReadOnlyList<ServiceUsage> services)
        : base(sums) => (Period, Services) = (period, services);

    /// <summary>UTC: <c>YYYY-MM-DD</c> or <c>YYYY-MM</c>.</summary>
    public required string Period { get; init; }

    public required IReadOnlyList<ServiceUsage> Services { get; init; }
}

/// <summary>Usage over time.</summary>
/// <param name="From">First day, UTC.</param>
/// <param name="To">Last day, UTC, included.</param>
/// <param name="Items">Oldest first; a day or month without usage is left out.</param>
public sealed record UsageSeries(string From, string To, IReadOnlyList<PeriodUsage> Items);

/// <summary>What a day cost the operator.</summary>
public sealed record CostsView : UsageFigures
{
    [SetsRequiredMembers]
    internal CostsView(UsageFigures sums, string day, decimal creditUsd, IReadOnlyList<ModelUsage> items)
        : base(sums) => (Day, CreditUsd, Items) = (day, creditUsd, items);

    /// <summary>UTC.</summary>
    public required string Day { get; init; }

    /// <summary>What a credit is reckoned to be worth, in US dollars.</summary>
    public required decimal CreditUsd { get; init; }

    /// <summary>By provider and model, the dearest first.</summary>
    public required IReadOnlyList<ModelUsage> Items { get; init; }
}
