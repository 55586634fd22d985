using System.Buffers;

namespace AIMake.Platform.Storage;

/// <summary>
/// Keys are made by us from ids, a plain extension at most: <c>audio/01a1…/01b2….mp3</c>. The check is the last line of
/// defence: what does not look so is a bug in the caller, wherever the text came from.
/// </summary>
internal static class FileKeys
{
    private const int MostLength = 200;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_./");

    /// <returns>The key itself.</returns>
    /// <exception cref="ArgumentException">It is empty, too long, not lower-case ASCII, or has an empty, hidden or parent segment.</exception>
    public static string Check(string key)
    {
        var sound = key.Length is > 0 and <= MostLength
            && !key.AsSpan().ContainsAnyExcept(Allowed)
            && key.Split('/').All(segment => segment.Length > 0 && segment[0] != '.' && !segment.Contains("..", StringComparison.Ordinal));
        return sound ? key : throw new ArgumentException("Not a key of this store.", nameof(key));
    }
}
