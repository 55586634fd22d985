using AIMake.Platform.Faults;

namespace AIMake.Library;

/// <summary>Order of a list; each has its own place to continue from.</summary>
internal enum LibrarySort
{
    Newest,
    Oldest,
    Title,
    Longest,
}

/// <summary>What somebody asks of the library, checked.</summary>
/// <param name="Words">Every one must occur in title, tags or the beginning of the text.</param>
/// <param name="From">Made at or after.</param>
/// <param name="To">Made before.</param>
/// <param name="Deleted">Lists the bin instead.</param>
internal sealed record LibraryQuery(
    string? Kind, IReadOnlyList<string> Words, string? Tag, DateTimeOffset? From, DateTimeOffset? To, bool Deleted, LibrarySort Sort)
{
    public const int MaxQuery = 200;
    private const int MaxWords = 10;

    /// <summary>Reads the query string's values. Faults name their parameter.</summary>
    public static Outcome<LibraryQuery> Parse(string? kind, string? q, string? tag, string? from, string? to, bool? deleted, string? sort)
    {
        if (q?.Length > MaxQuery)
        {
            return Fault.Invalid("q", Said.AtMost(MaxQuery));
        }

        if (q?.Contains('\0') == true)
        {
            return Fault.Invalid("q", Said.NoNul);
        }

        if (tag is not null && AssetText.CheckTag(tag) is { } why)
        {
            return Fault.Invalid("tag", why);
        }

        if (kind is not null && (kind.Length is 0 or > 20 || !kind.All(char.IsAsciiLetterLower)))
        {
            return Fault.Invalid("kind", new Said("lower-case letters", "只能是小写字母"));
        }

        if (!Enum.TryParse<LibrarySort>(sort ?? "newest", ignoreCase: true, out var order) || char.IsDigit((sort ?? "n")[0]))
        {
            return Fault.Invalid("sort", Said.OneOf("newest", "oldest", "title", "longest"));
        }

        if (!TryInstant(from, out var first))
        {
            return Fault.Invalid("from", Said.Instant);
        }

        if (!TryInstant(to, out var last))
        {
            return Fault.Invalid("to", Said.Instant);
        }

        string[] words = q is null ? [] : [.. q.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(MaxWords)];
        return new LibraryQuery(kind, words, tag, first, last, deleted ?? false, order);
    }

    private static bool TryInstant(string? value, out DateTimeOffset? instant)
    {
        instant = null;
        if (value is null)
        {
            return true;
        }

        var read = DateTimeOffset.TryParse(
            value, System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var parsed);
        instant = read ? parsed : null;
        return read && parsed.Year >= 1970;
    }
}
