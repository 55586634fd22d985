using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Catalog;

/// <summary><c>/api/models/{kind}</c>: what can be chosen, at which price, for anybody who asks.</summary>
internal static class ModelsEndpoints
{
    /// <param name="models">A group that anybody may call.</param>
    /// <param name="longestText">Characters of one text to speak.</param>
    public static void MapModels(this RouteGroupBuilder models, int longestText)
    {
        foreach (var kind in CatalogValidator.Kinds)
        {
            models.MapGet($"/{kind}", ([AsParameters] PageQuery page, LiveCatalog catalog, IProviderHealth health, HttpContext context) =>
                    ApiResult.Revalidated(List(kind, page, catalog, m => ModelView.From(m, RequestLanguage.Of(context), health, longestText))))
                .WithTags("Models").WithName($"List{char.ToUpperInvariant(kind[0])}{kind[1..]}Models")
                .WithSummary($"Models on offer for {kind}, with prices and limits; has an ETag");
        }
    }

    private static Outcome<Page<ModelView>> List(string kind, PageQuery page, LiveCatalog catalog, Func<Model, ModelView> view) =>
        page.Read<LastModel>($"models:{kind}").Select(request =>
        {
            var offered = catalog.Current.OfferedOf(kind, catalog.Today).ToList();
            var start = request.After is { } last ? offered.FindIndex(m => m.Id == last.Id) + 1 : 0;
            return request.ToPage([.. offered.Skip(start).Take(request.Take)], m => new LastModel(m.Id), view);
        });

    /// <summary>Where a page ends. The catalog's order is the list's; when the model has gone meanwhile the list begins anew.</summary>
    private sealed record LastModel(string Id);
}
