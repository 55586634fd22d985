using System.Text.RegularExpressions;
using AIMake.Platform.Storage;
using Microsoft.Net.Http.Headers;

namespace AIMake.Platform.Http;

/// <summary>
/// A stored file as an answer: ranges, conditions, HEAD, and headers that keep a browser from running whatever is inside.
/// </summary>
/// <param name="file">What the row says; the digest is the entity tag.</param>
/// <param name="contentType">Decided by us when the file was stored, never by its maker.</param>
/// <param name="name">File name offered to the user; any characters.</param>
internal sealed partial class MediaResult(IFileStore store, StoredFile file, string contentType, string name) : IResult
{
    private static readonly string[] ShownInPage = ["audio/", "video/", "image/png", "image/jpeg", "image/webp", "image/gif"];

    /// <summary>Digits that always fit a long; positions of more are <see cref="Farthest"/>, beyond every file.</summary>
    private const int MostDigits = 18;
    private const string Farthest = "999999999999999999";

    /// <summary>True to have a browser save it even where it could show it.</summary>
    public bool Download { get; init; } = true;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var inline = !Download && ShownInPage.Any(type => contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase));
        var disposition = new ContentDispositionHeaderValue(inline ? "inline" : "attachment");
        disposition.SetHttpFileName(Clean(name));

        var headers = httpContext.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "private, max-age=3600";
        MendRange(httpContext.Request.Headers);

        await using var stream = new StoredFileStream(store, file, httpContext.RequestAborted);
        await Results.Stream(stream, contentType, entityTag: new EntityTagHeaderValue($"\"{file.Sha256[..32]}\""), enableRangeProcessing: true)
            .ExecuteAsync(httpContext);
    }

    /// <summary>
    /// The framework takes any unit for bytes, and a position of more digits than a long has for no range at all. RFC 9110, 14.2:
    /// an unknown unit is ignored; a position beyond the end is beyond it however long.
    /// </summary>
    private static void MendRange(IHeaderDictionary request)
    {
        if (request.Range.ToString() is not { Length: > 0 } range)
        {
            return;
        }

        request.Range = range.TrimStart().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)
            ? Position().Replace(range, digits => Shorten(digits.Value.TrimStart('0')))
            : default;
    }

    private static string Shorten(string digits) => digits.Length > MostDigits ? Farthest : digits.PadLeft(1, '0');

    [GeneratedRegex("[0-9]{19,}", RegexOptions.CultureInvariant)]
    private static partial Regex Position();

    /// <summary>Separators, control and direction characters have no business in a name that a shell or file manager will show.</summary>
    private static string Clean(string name)
    {
        var kept = new string([.. name.Where(c => !char.IsControl(c) && c is not ('/' or '\\' or '"') && char.GetUnicodeCategory(c) is not System.Globalization.UnicodeCategory.Format)]);
        kept = kept.Trim().TrimStart('.');
        return kept.Length == 0 ? "file" : kept.Length <= 200 ? kept : kept[..(char.IsHighSurrogate(kept[199]) ? 199 : 200)];
    }
}
