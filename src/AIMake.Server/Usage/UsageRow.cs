using AIMake.Credits;

namespace AIMake.Usage;

/// <summary>One row of sums; what a statement does not group by is empty.</summary>
internal sealed class UsageRow
{
    public string Period { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    public long Count { get; init; }

    public long OwnKeys { get; init; }

    public long Unpriced { get; init; }

    public long InputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long OutputTokens { get; init; }

    public long Characters { get; init; }

    public long Millis { get; init; }

    public long Pieces { get; init; }

    public Micro Credits { get; init; }

    /// <summary>Micro-USD.</summary>
    public long Cost { get; init; }

    /// <param name="creditUsd">What a credit is worth; null leaves out what is not for everybody's eyes.</param>
    public UsageFigures Figures(decimal? creditUsd) => new()
    {
        Count = Count,
        OwnKeyCount = OwnKeys,
        Units = new(Characters, Millis / 1000m, Pieces),
        Tokens = new(InputTokens, CachedTokens, OutputTokens),
        Credits = Credits,
        CostUsd = creditUsd is null ? null : Cost / 1_000_000m,
        MarginUsd = creditUsd is { } worth ? decimal.Round((Credits.Credits * worth) - (Cost / 1_000_000m), 6) : null,
        UnknownCosts = creditUsd is null ? null : Unpriced,
    };

    /// <exception cref="OverflowException">More than can be counted.</exception>
    public static UsageRow Sum(IEnumerable<UsageRow> rows) => rows.Aggregate(new UsageRow(), (a, b) => checked(new UsageRow
    {
        Count = a.Count + b.Count,
        OwnKeys = a.OwnKeys + b.OwnKeys,
        Unpriced = a.Unpriced + b.Unpriced,
        InputTokens = a.InputTokens + b.InputTokens,
        CachedTokens = a.CachedTokens + b.CachedTokens,
        OutputTokens = a.OutputTokens + b.OutputTokens,
        Characters = a.Characters + b.Characters,
        Millis = a.Millis + b.Millis,
        Pieces = a.Pieces + b.Pieces,
        Credits = a.Credits + b.Credits,
        Cost = a.Cost + b.Cost,
    }));
}
