using AIMake.Library.Storage;

namespace AIMake.Library;

/// <summary>Where a row stands in any of the library's orders; the id comes last and is unique.</summary>
/// <param name="At">When it was made, in ticks: exact where a JSON time is rounded.</param>
/// <param name="Title">For the order by title.</param>
/// <param name="Length">Milliseconds, for the order by length.</param>
internal sealed record LibraryKey(long At, string Title, long Length, Guid Id)
{
    public static LibraryKey Of(AssetRow row) => new(row.CreatedAt.UtcTicks, row.Title, row.DurationMs ?? 0, row.Id);

    public DateTime Time => new(Math.Clamp(At, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
}
