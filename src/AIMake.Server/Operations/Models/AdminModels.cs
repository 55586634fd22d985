using AIMake.Accounts;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Storage;
using AIMake.Catalog;
using AIMake.Catalog.Changes;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Usage;

namespace AIMake.Operations.Models;

/// <summary>
/// Every model of the catalog with its prices, their sources and what is left of them; and what an administrator decides about them
/// while the server runs: on or off, and prices in the place of the file's. Each decision is kept, with who made it and when.
/// </summary>
internal static class AdminModels
{
    public static void MapAdminModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/admin/models").Require(Permission.ManageModels).WithTags("Admin");
        models.MapGet("", List).WithName("ListAdminModels").WithSummary("The catalog's models: prices, costs, margins, and whether users can have them");
        models.MapGet("/{id}", Find).WithName("GetAdminModel").WithSummary("One model; a slash in its id is written %2F");
        models.MapPut("/{id}", Change).WithName("ChangeModel").WithSummary("Switch a model on or off, or give it other prices; every node follows within five seconds");
        models.MapGet("/{id}/versions", Versions).WithName("ListModelVersions").WithSummary("What administrators decided about a model, newest first");
    }

    private static ApiResult<Page<AdminModelView>> List([AsParameters] PageQuery page, LiveCatalog catalog, UsageOptions options)
    {
        if (!page.Read<ModelKey>("models:listed").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<AdminModelView>>(fault);
        }

        var snapshot = catalog.Current;
        // A model added or removed meanwhile shifts the rest by one, which a list looked at by a person survives.
        var rows = snapshot.Listed.Select((Model, At) => (Model, At)).Skip(request.After is { } after ? after.At + 1 : 0).Take(request.Take).ToList();
        return request.ToPage(rows, r => new ModelKey(r.At), r => View(snapshot, r.Model, catalog.Today, options.CreditUsd));
    }

    private static ApiResult<AdminModelView> Find(string id, LiveCatalog catalog, UsageOptions options) => ApiResult.From(Found(id, catalog, options));

    private static async Task<ApiResult<AdminModelView>> Change(
        string id, ModelChangeRequest body, CurrentCaller caller, LiveCatalog catalog, CatalogChanges changes, UsageOptions options, CancellationToken ct)
    {
        if (Listed(catalog, id) is not { } model)
        {
            return ApiResult.From<AdminModelView>(new Fault(FaultCodes.NotFound));
        }

        if (!ModelPricing.Read(model, body.Prices, catalog.Today).TryGet(out var prices, out var fault))
        {
            return ApiResult.From<AdminModelView>(fault);
        }

        if (body.Disabled is not null || body.Prices is not null)
        {
            await changes.ChangeModelAsync(model.Id, body.Disabled, body.Prices is null ? null : prices, caller.UserId, ct);
        }

        return ApiResult.From(Found(id, catalog, options));
    }

    private static async Task<ApiResult<Page<ModelVersionView>>> Versions(
        string id, [AsParameters] PageQuery page, LiveCatalog catalog, CatalogChanges changes, Database database, CancellationToken ct)
    {
        if (!page.Read<VersionKey>("models:versions").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<ModelVersionView>>(fault);
        }

        if (Listed(catalog, id) is not { } model)
        {
            return ApiResult.From<Page<ModelVersionView>>(new Fault(FaultCodes.NotFound));
        }

        var rows = await changes.HistoryAsync(model.Id, request.After?.Revision, request.Take, ct);
        var names = await NamesAsync(database, rows.Select(r => r.ChangedBy).Distinct(), ct);
        return request.ToPage(rows, r => new VersionKey(r.Revision), r => new ModelVersionView(
            r.ChangedAt, r.ChangedBy, names.GetValueOrDefault(r.ChangedBy), r.Disabled,
            CatalogChanges.PricesOf(r)?.Select(p => new ModelVersionPrice(p.Unit, p.Per, p.Credits, p.Size, p.Quality, p.Above, p.Source, p.Date)).ToList()));
    }

    internal static AdminModelView View(CatalogSnapshot snapshot, Model model, DateOnly today, decimal creditUsd) => new(
        model.Id, model.Kind, model.Name, model.Provider, model.Upstream ?? model.Id, model.Choose,
        [.. (model.Routes ?? []).Select(r => new AdminRouteView(r.Provider, r.Upstream ?? model.Upstream ?? model.Id, r.Weight))],
        [.. (model.Prices ?? []).Select(p => ModelPricing.View(p, model.Costs ?? [], creditUsd))], model.Retires, State(snapshot, model, today),
        snapshot.Decided.IsOff(model.Id), snapshot.Decided.Models.GetValueOrDefault(model.Id)?.Prices is not null, creditUsd);

    private static Outcome<AdminModelView> Found(string id, LiveCatalog catalog, UsageOptions options) =>
        Listed(catalog, id) is { } model ? View(catalog.Current, model, catalog.Today, options.CreditUsd) : new Fault(FaultCodes.NotFound);

    /// <summary>The framework leaves an escaped slash in a segment as it is.</summary>
    private static Model? Listed(LiveCatalog catalog, string id)
    {
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return catalog.Current.Listed.FirstOrDefault(m => m.Id == name);
    }

    private static AdminModelState State(CatalogSnapshot snapshot, Model model, DateOnly today) =>
        CatalogSnapshot.IsRetired(model, today) ? AdminModelState.Retired
        : snapshot.Decided.IsOff(model.Id) ? AdminModelState.Disabled
        : snapshot.IsOff(model.Id) ? AdminModelState.ProviderDisabled
        : !snapshot.IsOffered(model.Id) ? AdminModelState.NoProvider
        : model.Prices is null or [] ? AdminModelState.Unpriced
        : AdminModelState.Offered;

    private static Task<Dictionary<Guid, string>> NamesAsync(Database database, IEnumerable<Guid> ids, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Admin,
        async session =>
        {
            var names = new Dictionary<Guid, string>();
            foreach (var id in ids)
            {
                if (await Users.FindAsync(session, id, ct) is { } user)
                {
                    names[id] = user.Username;
                }
            }

            return names;
        },
        ct);

    private sealed record ModelKey(int At);

    private sealed record VersionKey(long Revision);
}
