using AIMake.Library.Storage;
using AIMake.Platform.Secrets;

namespace AIMake.Library;

/// <summary>Turns rows into what owners see, with a link that plays for an hour.</summary>
internal sealed class AssetLinks(SignedUrls links)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <param name="request">The link is for the host it came to.</param>
    public AssetView View(AssetRow row, HttpRequest request) => new(
        row.Id, row.Kind, row.Title, row.Tags, Url(row.UserId, row.Id, request), row.MimeType, row.Bytes, Seconds(row), row.Width, row.Height,
        row.GenerationId, row.Credits, row.Version, row.CreatedAt, row.UpdatedAt, Peaks(row), row.DeletedAt);

    /// <summary>Something in the bin has a link too, but it opens nothing until it is restored.</summary>
    public string Url(Guid userId, Guid id, HttpRequest request) =>
        links.Create(new LinkOrder(request.Host.Value ?? "", request.PathBase + PathOf(id), id.ToString("N"), userId), Life);

    public static string PathOf(Guid id) => $"/media/{id:D}";

    public static double? Seconds(AssetRow row) => row.DurationMs is { } ms ? ms / 1000.0 : null;

    public static IReadOnlyList<int> Peaks(AssetRow row) => row.Peaks is { } p ? Array.ConvertAll(p, b => (int)b) : [];
}
