using AIMake.Credits;

namespace AIMake.Operations.Models;

/// <summary>A model of the catalog as its operator sees it.</summary>
/// <param name="Kind">What it makes, e.g. <c>chat</c>.</param>
/// <param name="Provider">Who serves it first.</param>
/// <param name="Upstream">Its id there.</param>
/// <param name="Choose">How a route is chosen: <c>order</c>, <c>weight</c>, <c>price</c> or <c>speed</c>.</param>
/// <param name="Routes">Further ways to it.</param>
/// <param name="Retires">First day on which the vendor no longer serves it; null when unknown.</param>
/// <param name="Disabled">An administrator has switched it off.</param>
/// <param name="Repriced">An administrator has set its prices; false: they are the catalog's own.</param>
/// <param name="CreditUsd">What a credit is worth in US dollars here, for margins.</param>
public sealed record AdminModelView(
    string Id, string Kind, string Name, string Provider, string Upstream, string Choose, IReadOnlyList<AdminRouteView> Routes,
    IReadOnlyList<AdminPriceView> Prices, DateOnly? Retires, AdminModelState State, bool Disabled, bool Repriced, decimal CreditUsd);

/// <summary>Whether users can have it, and if not, why.</summary>
public enum AdminModelState
{
    Offered,

    /// <summary>No provider that serves it has a key here.</summary>
    NoProvider,

    /// <summary>It has no price.</summary>
    Unpriced,

    /// <summary>The vendor has ended it.</summary>
    Retired,

    /// <summary>An administrator has switched it off.</summary>
    Disabled,

    /// <summary>An administrator has switched off the providers that would serve it.</summary>
    ProviderDisabled,
}

/// <summary>Another way to a model.</summary>
public sealed record AdminRouteView(string Provider, string Upstream, int Weight);

/// <summary>One price, held against what it costs.</summary>
/// <param name="Unit">E.g. <c>character</c>, <c>input-token</c>, <c>image</c>.</param>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Above">Of tokens: in force for the whole call when its prompt has more tokens than this.</param>
/// <param name="Source">Where the price comes from.</param>
/// <param name="Date">When it was last looked at.</param>
/// <param name="CostUsd">What as many units cost us in US dollars; null when unknown, or reckoned in another unit.</param>
/// <param name="CostSource">Where the cost comes from.</param>
/// <param name="Margin">Share of the price that stays, e.g. 0.5; below zero for a loss; null when the cost is not known.</param>
public sealed record AdminPriceView(
    string Unit, int Per, string? Size, string? Quality, int? Above, Micro Credits, string Source, DateOnly Date, decimal? CostUsd, string? CostSource, decimal? Margin);

/// <summary>What to change of a model; what is absent stays.</summary>
public sealed record ModelChangeRequest
{
    /// <summary>True to switch it off: it is listed nowhere, and asking for it is refused. Work that has begun ends.</summary>
    public bool? Disabled { get; init; }

    /// <summary>All prices anew, at most 50; an empty list brings back the catalog's own.</summary>
    public IReadOnlyList<ModelPriceRequest>? Prices { get; init; }
}

/// <summary>A price to set.</summary>
public sealed record ModelPriceRequest
{
    /// <summary><c>character</c>, <c>second</c>, <c>input-token</c>, <c>cached-token</c>, <c>output-token</c>, <c>image</c> or <c>video</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How many units <see cref="Credits"/> buys, 1 to 1,000,000,000.</summary>
    public required int Per { get; init; }

    /// <summary>Above 0, at most 1,000,000.</summary>
    public required Micro Credits { get; init; }

    /// <summary>The size or resolution it is for; absent: any that has no price of its own.</summary>
    public string? Size { get; init; }

    /// <summary>The quality it is for; absent: any that has no price of its own.</summary>
    public string? Quality { get; init; }

    /// <summary>Of tokens: in force for the whole call when its prompt has more tokens than this, 1 to 1,000,000,000; absent: for any that has no price of its own.</summary>
    public int? Above { get; init; }

    /// <summary>Where the price comes from, at most 200 characters; stands on receipts.</summary>
    public string? Source { get; init; }
}

/// <summary>One decision about a model, as it stood from then on.</summary>
/// <param name="By">Who decided.</param>
/// <param name="Username">Their name; null when the account is gone.</param>
/// <param name="Prices">Null: the catalog's own.</param>
public sealed record ModelVersionView(DateTimeOffset At, Guid By, string? Username, bool Disabled, IReadOnlyList<ModelVersionPrice>? Prices);

/// <summary>A price as it was set.</summary>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
public sealed record ModelVersionPrice(string Unit, int Per, Micro Credits, string? Size, string? Quality, int? Above, string Source, DateOnly Date);
