using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace AIMake.Platform.Http;

/// <summary>
/// Serves the browser app. Files under <c>/assets/</c> carry a digest in their name and are kept for ever; everything else
/// is asked for again. A path that is no file and belongs to no API is a page of the app: it gets <c>index.html</c>.
/// </summary>
internal static class WebApp
{
    private static readonly PathString[] NotPages =
        ["/api", "/v1", "/openapi", "/docs", "/health", "/metrics", "/media", "/s", "/feeds", "/assets"];

    public static void UseWebApp(this WebApplication app)
    {
        if (app.Services.GetRequiredService<WebOptions>().FindRoot() is not { } root)
        {
            return;
        }

        var files = new PhysicalFileProvider(root);
        app.Use((context, next) =>
        {
            if (context.GetEndpoint() is null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
            {
                PointAtFile(context.Request, files);
            }

            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = new PrecompressedTypes(),
            OnPrepareResponse = Prepare,
        });
    }

    private static void PointAtFile(HttpRequest request, IFileProvider files)
    {
        var path = request.Path;
        if (!path.HasValue || !files.GetFileInfo(path.Value).Exists)
        {
            if (NotPages.Any(p => path.StartsWithSegments(p, StringComparison.Ordinal)) || Path.HasExtension(path.Value))
            {
                return;
            }

            path = "/index.html";
        }

        request.Path = path;
        foreach (var (encoding, extension) in new[] { ("br", ".br"), ("gzip", ".gz") })
        {
            if (Accepts(request, encoding) && files.GetFileInfo(path.Value + extension).Exists)
            {
                request.Path = path.Value + extension;
                return;
            }
        }
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);

    private static void Prepare(StaticFileResponseContext context)
    {
        var headers = context.Context.Response.Headers;
        var encoding = Path.GetExtension(context.File.Name) switch { ".br" => "br", ".gz" => "gzip", _ => null };
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        headers.Vary = "Accept-Encoding";
        headers.CacheControl = context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal)
            ? "public, max-age=31536000, immutable"
            : "no-cache";
    }

    /// <summary>The type of <c>x.js.br</c> is that of <c>x.js</c>.</summary>
    private sealed class PrecompressedTypes : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _known = new();

        public PrecompressedTypes() => _known.Mappings[".webmanifest"] = "application/manifest+json";

        public bool TryGetContentType(string subpath, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string contentType)
        {
            var plain = Path.GetExtension(subpath) is ".br" or ".gz" ? subpath[..^3] : subpath;
            if (!_known.TryGetContentType(plain, out contentType))
            {
                return false;
            }

            contentType = contentType.StartsWith("text/", StringComparison.Ordinal) ? contentType + "; charset=utf-8" : contentType;
            return true;
        }
    }
}
