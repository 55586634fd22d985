using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Platform.Faults;

namespace AIMake.Gateway.Models;

/// <summary><c>GET /v1/models</c>: what is on offer, in OpenAI's shape with what a caller wants to know besides. A key sees the models it may use.</summary>
internal static class ModelsV1
{
    public static ModelList List(LiveCatalog catalog, CurrentCaller caller) =>
        new("list", [.. catalog.Current.Models.Where(m => !CatalogSnapshot.IsRetired(m, catalog.Today) && m.Prices is { Count: > 0 } && caller.MayUse(m.Id)).Select(From)]);

    public static IResult Find(string id, LiveCatalog catalog, CurrentCaller caller)
    {
        var snapshot = catalog.Current;
        return snapshot.Models.FirstOrDefault(m => m.Id == id && !CatalogSnapshot.IsRetired(m, catalog.Today)) is { } model
            ? caller.MayUse(id) ? Results.Ok(From(model)) : throw new FaultException(CurrentCaller.ModelNotAllowed(id))
            : throw new FaultException(new Fault(snapshot.IsOff(id) ? FaultCodes.ModelOff : FaultCodes.ModelNotFound, id.Length <= 64 ? id : id[..64]) { Field = "model" });
    }

    private static ModelItem From(Model model) => new(
        model.Id, "model", new DateTimeOffset((model.Prices?.Max(p => p.Date) ?? default).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds(),
        model.Provider, model.Retires, model.Kind, model.Name,
        [.. (model.Prices ?? []).Select(p => new ModelPrice(p.Unit, p.Per, p.Credits, p.Size, p.Quality, p.Above))]);
}

/// <param name="Object">Always <c>list</c>.</param>
public sealed record ModelList(string Object, IReadOnlyList<ModelItem> Data);

/// <param name="Created">Unix seconds of the day its price was last looked at.</param>
/// <param name="OwnedBy">The provider.</param>
/// <param name="ShutdownDate">First day on which it is not served any more.</param>
/// <param name="Kind"><c>chat</c>, <c>speech</c>, <c>image</c> …</param>
public sealed record ModelItem(
    string Id, string Object, long Created, [property: System.Text.Json.Serialization.JsonPropertyName("owned_by")] string OwnedBy,
    [property: System.Text.Json.Serialization.JsonPropertyName("shutdown_date")] DateOnly? ShutdownDate, string Kind, string Name, IReadOnlyList<ModelPrice> Prices);

/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Above">Of tokens: in force for the whole call when its prompt has more tokens than this.</param>
public sealed record ModelPrice(string Unit, int Per, AIMake.Credits.Micro Credits, string? Size, string? Quality, int? Above);
