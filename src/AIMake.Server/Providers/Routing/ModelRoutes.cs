using AIMake.Catalog;

namespace AIMake.Providers.Routing;

/// <summary>From the catalog's model to the router's routes.</summary>
internal static class ModelRoutes
{
    public static IReadOnlyList<Route> Of(Model model) =>
    [
        new Route(model.Provider, model.Upstream ?? model.Id, Cost: Comparable(model.Costs)),
        .. (model.Routes ?? []).Select(r => new Route(r.Provider, r.Upstream ?? model.Upstream ?? model.Id, r.Weight, Comparable(r.Costs ?? model.Costs))),
    ];

    public static RouteChoice ChoiceOf(Model model) => model.Choose switch
    {
        "weight" => RouteChoice.Weight,
        "price" => RouteChoice.Price,
        "speed" => RouteChoice.Speed,
        _ => RouteChoice.Order,
    };

    /// <summary>What we pay on the route that was taken.</summary>
    public static IReadOnlyList<UnitCost>? CostsOf(Model model, Route taken) =>
        model.Routes?.FirstOrDefault(r => r.Provider == taken.Provider)?.Costs ?? model.Costs;

    /// <summary>One figure to compare routes of one model by: the sum of its unit costs, of prompts of usual length.</summary>
    private static decimal? Comparable(IReadOnlyList<UnitCost>? costs) => costs is { Count: > 0 } ? costs.Where(c => c.Above is null).Sum(c => c.Usd / c.Per) : null;
}
