using AIMake.Accounts;
using AIMake.Library.Storage;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>Sends an asset's bytes to whoever holds its link, or its owner.</summary>
internal static class MediaEndpoint
{
    public static async Task<IResult> Open(Guid id, HttpContext context, SignedUrls links, LibraryService library, IFileStore store, CancellationToken ct)
    {
        Guid userId;
        var download = false;
        if (SignedUrls.IsSigned(context.Request))
        {
            if (!links.Open(context.Request, id.ToString("N")).TryGet(out var link, out var invalid))
            {
                return ApiResult.From<Done>(invalid);
            }

            (userId, download) = (link.UserId, link.Disposition == "attachment");
        }
        else if (CurrentCaller.TryGet(context, out var caller))
        {
            userId = caller.UserId;
        }
        else
        {
            return ApiResult.From<Done>(new Fault(FaultCodes.Unauthenticated));
        }

        return (await library.FindAsync(userId, id, null, ct)).TryGet(out var row, out var fault)
            ? Send(store, row, download)
            : ApiResult.From<Done>(fault);
    }

    /// <summary>The whole file or the ranges asked for.</summary>
    public static IResult Send(IFileStore store, AssetRow row, bool download) =>
        new MediaResult(store, new StoredFile(row.FileKey, row.Bytes, row.Sha256), row.MimeType, FileName(row.Title, row.FileKey))
        {
            Download = download,
        };

    /// <summary>The title with the file's extension. Dots and blanks at the title's end would stand before the extension's own dot.</summary>
    internal static string FileName(string title, string fileKey) =>
        $"{(title.TrimEnd('.', ' ') is { Length: > 0 } name ? name : "file")}{Path.GetExtension(fileKey)}";
}
