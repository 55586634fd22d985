using System.Buffers.Text;
using System.Text.Json;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Platform.Http;

/// <summary>
/// The query of every list: <c>?limit&amp;cursor</c>. Endpoints take it as <c>[AsParameters] PageQuery page</c> and
/// <see cref="Read{TKey}"/> it into a <see cref="PageRequest{TKey}"/>.
/// </summary>
public sealed class PageQuery
{
    public const int DefaultLimit = 20;
    public const int MostLimit = 100;

    /// <summary>Rows wanted, 1 to 100; 20 when absent.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary><c>nextCursor</c> of the page before; absent for the first.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    /// <param name="list">Name of the list and its order, e.g. <c>audios:created</c>: a cursor of another list is refused.</param>
    internal Outcome<PageRequest<TKey>> Read<TKey>(string list)
        where TKey : class
    {
        var limit = Limit ?? DefaultLimit;
        if (limit is < 1 or > MostLimit)
        {
            return new Fault(FaultCodes.FieldOutOfRange, "limit", 1, MostLimit) { Field = "limit" };
        }

        if (string.IsNullOrEmpty(Cursor))
        {
            return new PageRequest<TKey>(list, limit, null);
        }

        return CursorCodec.Decode<TKey>(list, Cursor) is { } after
            ? new PageRequest<TKey>(list, limit, after)
            : new Fault(FaultCodes.CursorInvalid) { Field = "cursor" };
    }
}

/// <summary>One page to fetch: the rows that follow <see cref="After"/> in the list's order, which ends in a unique column.</summary>
/// <param name="After">Key of the last row seen; null for the first page.</param>
internal sealed record PageRequest<TKey>(string List, int Limit, TKey? After)
    where TKey : class
{
    /// <summary>How many rows to select: one more than wanted tells whether there is a next page.</summary>
    public int Take => Limit + 1;

    /// <summary>Cuts the extra row off and makes the cursor from the last one kept.</summary>
    public Page<TItem> ToPage<TRow, TItem>(IReadOnlyList<TRow> rows, Func<TRow, TKey> key, Func<TRow, TItem> item) =>
        rows.Count <= Limit
            ? new([.. rows.Select(item)], null)
            : new([.. rows.Take(Limit).Select(item)], CursorCodec.Encode(List, key(rows[Limit - 1])));
}

/// <summary>A cursor is the list's name and the last row's key, unreadable at a glance so that nobody builds one by hand.</summary>
internal static class CursorCodec
{
    private const int MostLength = 1_000;

    public static string Encode<TKey>(string list, TKey key) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Content<TKey>(list, key), JsonFaults.Stored));

    /// <returns>The key, or null for anything this list did not give out.</returns>
    public static TKey? Decode<TKey>(string list, string cursor)
        where TKey : class
    {
        if (cursor.Length > MostLength || cursor.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            return null;
        }

        try
        {
            var content = JsonSerializer.Deserialize<Content<TKey>>(Base64Url.DecodeFromChars(cursor), JsonFaults.Stored);
            return content is not null && content.L == list ? content.K : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed record Content<TKey>(string L, TKey K);
}
