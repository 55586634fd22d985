using AIMake.Credits;

namespace AIMake.Operations.Models;

/// <summary>A model of the catalog as its operator sees it.</summary>
/// <param name="Kind">What it makes, e.g. <c>chat</c>.</param>
/// <param name="Provider">Who serves it first.</param>
/// <param name="Upstream">Its id there.</param>
/// <param name="Choose">How a route is chosen: <c>order</c>, <c>weight</c>, <c>price</c> or <c>speed</c>.</param>
/// <param name="Routes">Further ways to it.</param>
/// <param name="Retires">First day on which the vendor no longer serves it; null when unknown.</param>
public sealed record AdminModelView(
    string Id, string Kind, string Name, string Provider, string Upstream, string Choose, IReadOnlyList<AdminRouteView> Routes,
    IReadOnlyList<AdminPriceView> Prices, DateOnly? Retires, AdminModelState State);

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
}

/// <summary>Another way to a model.</summary>
public sealed record AdminRouteView(string Provider, string Upstream, int Weight);

/// <summary>One price, held against what it costs.</summary>
/// <param name="Unit">E.g. <c>character</c>, <c>input-token</c>, <c>image</c>.</param>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Source">Where the price comes from.</param>
/// <param name="Date">When it was last looked at.</param>
/// <param name="CostUsd">What as many units cost us in US dollars; null when unknown, or reckoned in another unit.</param>
/// <param name="CostSource">Where the cost comes from.</param>
/// <param name="Margin">Share of the price that stays, e.g. 0.5; below zero for a loss; null when the cost is not known.</param>
public sealed record AdminPriceView(
    string Unit, int Per, string? Size, string? Quality, Micro Credits, string Source, DateOnly Date, decimal? CostUsd, string? CostSource, decimal? Margin);
