using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>A model on offer, as whoever chooses one sees it.</summary>
public sealed record ModelView
{
    public required string Id { get; init; }

    /// <summary><c>chat</c>, <c>embedding</c>, <c>image</c>, <c>speech</c>, <c>transcription</c> or <c>video</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>In the language of <c>Accept-Language</c>, zh-CN or en.</summary>
    public required string Description { get; init; }

    /// <summary>Who serves it first.</summary>
    public required string Provider { get; init; }

    /// <summary>False while nobody who serves it answers: every key is used up, refused or left alone for the moment.</summary>
    public required bool Available { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<ModelPriceView> Prices { get; init; }

    public required ModelLimitsView Limits { get; init; }

    /// <summary>First day on which its vendor no longer serves it; null when unknown.</summary>
    public required DateOnly? Retires { get; init; }

    /// <param name="longestText">Characters of one text to speak; longer than any model takes, because texts are cut.</param>
    internal static ModelView From(Model model, string language, IProviderHealth health, int longestText) => new()
    {
        Id = model.Id, Kind = model.Kind, Name = model.Name, Description = model.Description.In(language), Provider = model.Provider,
        Available = health.IsUp(model.Provider) || (model.Routes ?? []).Any(route => health.IsUp(route.Provider)),
        Prices = [.. (model.Prices ?? []).Select(p => new ModelPriceView(p.Unit, p.Per, p.Credits, p.Size, p.Quality, p.Above, p.Reference))],
        Limits = ModelLimitsView.From(model.Kind == "speech" ? (model.Limits ?? new()) with { Characters = longestText } : model.Limits ?? new()),
        Retires = model.Retires,
    };
}

/// <summary>What a number of units costs.</summary>
/// <param name="Unit"><c>character</c>, <c>second</c>, <c>input-token</c>, <c>cached-token</c>, <c>output-token</c>, <c>image</c> or <c>video</c>.</param>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Size">The size or resolution it is for; null: any that has no price of its own.</param>
/// <param name="Quality">The quality it is for; null: any that has no price of its own.</param>
/// <param name="Above">Of tokens: in force for the whole call when its prompt has more tokens than this; null: for any that has no price of its own.</param>
/// <param name="Source">Where the price comes from and when it was last looked at.</param>
public sealed record ModelPriceView(string Unit, int Per, Micro Credits, string? Size, string? Quality, int? Above, string Source);

/// <summary>What a model takes; null where it is not known.</summary>
/// <param name="ContextTokens">Tokens of prompt and answer together.</param>
/// <param name="OutputTokens">Tokens of one answer.</param>
/// <param name="Characters">Characters of one text or prompt.</param>
/// <param name="Count">Pictures, clips or texts of one request.</param>
/// <param name="Sizes">Sizes (<c>1024x1024</c>) or resolutions (<c>1080p</c>).</param>
/// <param name="Seconds">Lengths of a clip.</param>
/// <param name="Ratios">Aspect ratios, e.g. <c>16:9</c>.</param>
public sealed record ModelLimitsView(
    int? ContextTokens, int? OutputTokens, int? Characters, int? Count, IReadOnlyList<string>? Sizes, IReadOnlyList<string>? Qualities,
    IReadOnlyList<int>? Seconds, IReadOnlyList<string>? Ratios)
{
    internal static ModelLimitsView From(ModelLimits l) =>
        new(l.ContextTokens, l.OutputTokens, l.Characters, l.Count, l.Sizes, l.Qualities, l.Seconds, l.Ratios);
}
