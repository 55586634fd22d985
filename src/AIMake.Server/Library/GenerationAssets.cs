using AIMake.Generations;
using AIMake.Library.Storage;
using AIMake.Platform.Database;

namespace AIMake.Library;

/// <summary>Tells generations what they made. Links are signed for the host of the request at hand.</summary>
internal sealed class GenerationAssets(Database database, AssetLinks links, IHttpContextAccessor http) : IGenerationAssets
{
    public async Task<ILookup<Guid, GenerationAsset>> OfGenerationsAsync(Guid userId, Guid[] generationIds, CancellationToken ct)
    {
        var rows = await database.ReadAsync(DbPurpose.Hot, s => AssetStore.OfGenerationsAsync(s, userId, generationIds, ct), ct);
        return rows.ToLookup(r => r.GenerationId, r => new GenerationAsset(r.Id, r.Kind, UrlOf(r)));
    }

    private string UrlOf(AssetRow row) =>
        http.HttpContext is { } context ? links.Url(row.UserId, row.Id, context.Request) : AssetLinks.PathOf(row.Id);
}
