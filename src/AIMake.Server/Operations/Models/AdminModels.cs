using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Platform.Http;
using AIMake.Usage;

namespace AIMake.Operations.Models;

/// <summary>Every model of the catalog with its prices, their sources, and what is left of them. The file is where they are changed.</summary>
internal static class AdminModels
{
    public static void MapAdminModels(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/models", List).RequireAdmin().WithTags("Admin").WithName("ListAdminModels")
            .WithSummary("The catalog's models: prices, costs, margins, and whether users can have them");

    private static ApiResult<Page<AdminModelView>> List([AsParameters] PageQuery page, LiveCatalog catalog, UsageOptions options)
    {
        if (!page.Read<ModelKey>("models:listed").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<AdminModelView>>(fault);
        }

        var snapshot = catalog.Current;
        var offered = snapshot.Models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        // A model added or removed meanwhile shifts the rest by one, which a list looked at by a person survives.
        var rows = snapshot.Listed.Select((Model, At) => (Model, At)).Skip(request.After is { } after ? after.At + 1 : 0).Take(request.Take).ToList();
        return request.ToPage(rows, r => new ModelKey(r.At), r => View(r.Model, offered.Contains(r.Model.Id), catalog.Today, options.CreditUsd));
    }

    internal static AdminModelView View(Model model, bool offered, DateOnly today, decimal creditUsd) => new(
        model.Id, model.Kind, model.Name, model.Provider, model.Upstream ?? model.Id, model.Choose,
        [.. (model.Routes ?? []).Select(r => new AdminRouteView(r.Provider, r.Upstream ?? model.Upstream ?? model.Id, r.Weight))],
        [.. (model.Prices ?? []).Select(p => Price(p, model.Costs ?? [], creditUsd))], model.Retires, State(model, offered, today));

    private static AdminModelState State(Model model, bool offered, DateOnly today) =>
        CatalogSnapshot.IsRetired(model, today) ? AdminModelState.Retired
        : !offered ? AdminModelState.NoProvider
        : model.Prices is null or [] ? AdminModelState.Unpriced
        : AdminModelState.Offered;

    private static AdminPriceView Price(UnitPrice price, IReadOnlyList<UnitCost> costs, decimal creditUsd)
    {
        // As prices are found: the very size and quality first, then what is for any.
        var cost = costs.Where(c => c.Unit == price.Unit && Fits(c.Size, price.Size) && Fits(c.Quality, price.Quality))
            .OrderByDescending(c => (c.Size is null ? 0 : 1) + (c.Quality is null ? 0 : 1)).FirstOrDefault();
        var usd = cost is null ? (decimal?)null : decimal.Round(cost.Usd / cost.Per * price.Per, 9);
        var worth = price.Credits.Credits * creditUsd;
        return new AdminPriceView(
            price.Unit, price.Per, price.Size, price.Quality, price.Credits, price.Source, price.Date, usd, cost?.Source,
            usd is { } spent && worth > 0 ? decimal.Round((worth - spent) / worth, 4) : null);
    }

    private static bool Fits(string? ofCost, string? ofPrice) => ofCost is null || ofCost == ofPrice;

    private sealed record ModelKey(int At);
}
