using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>Where an answer tells what it used. What is missing, negative or absurd is left to our own count.</summary>
internal sealed record UsagePaths
{
    private const decimal Absurd = 1_000_000_000_000m;

    public static readonly UsagePaths None = new();

    public ValuePath? InputTokens { get; init; }

    public ValuePath? CachedTokens { get; init; }

    public ValuePath? OutputTokens { get; init; }

    public ValuePath? Characters { get; init; }

    public ValuePath? Seconds { get; init; }

    public ValuePath? Count { get; init; }

    /// <summary>What the vendor charges us, in US dollars after <see cref="CostScale"/>.</summary>
    public ValuePath? Cost { get; init; }

    /// <summary>What one unit of <see cref="Cost"/> is worth, in US dollars.</summary>
    public decimal CostScale { get; init; } = 1;

    /// <param name="counted">What we count ourselves; its figures stand where the answer has none.</param>
    public ProviderUsage Read(JsonElement answer, ProviderUsage counted)
    {
        if (answer.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return counted;
        var (input, output) = (Figure(InputTokens, answer), Figure(OutputTokens, answer));
        var (characters, seconds, count) = (Figure(Characters, answer), Figure(Seconds, answer), Figure(Count, answer));
        var cost = Figure(Cost, answer) * CostScale;
        var told = input is not null || output is not null || characters is not null || seconds is not null || count is not null;
        return counted with
        {
            InputTokens = (long?)input ?? counted.InputTokens,
            CachedTokens = Math.Min((long?)Figure(CachedTokens, answer) ?? counted.CachedTokens, (long?)input ?? counted.InputTokens),
            OutputTokens = (long?)output ?? counted.OutputTokens,
            Characters = (long?)characters ?? counted.Characters,
            Seconds = seconds is { } time ? decimal.Round(time, 3, MidpointRounding.ToPositiveInfinity) : counted.Seconds,
            Count = count is { } pieces and < int.MaxValue ? (int)pieces : counted.Count,
            CostMicroUsd = cost is { } usd and < 1_000_000 ? (long)decimal.Round(usd * 1_000_000m, MidpointRounding.AwayFromZero) : counted.CostMicroUsd,
            Source = told ? UsageSource.Provider : counted.Source,
        };
    }

    private static decimal? Figure(ValuePath? path, JsonElement answer) => path?.Number(answer) is { } number and >= 0 and < Absurd ? number : null;
}
