using AIMake.Platform.Storage;

namespace AIMake.Platform.Http;

/// <summary>Gives every request its id and every answer the headers that keep browsers honest.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, TimeProvider time, StorageOptions storage)
{
    private const string NothingRuns = "default-src 'none'; frame-ancestors 'none'";
    private readonly string _pages = Pages(storage);

    public Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = RequestIds.Choose(context.Request.Headers[RequestIds.Header], time.GetUtcNow());

        // On starting, because an error handler clears what was set before it.
        context.Response.OnStarting(
            static state =>
            {
                var (self, http) = ((ResponseHeaders, HttpContext))state;
                self.Apply(http);
                return Task.CompletedTask;
            },
            (this, context));
        return next(context);
    }

    private void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[RequestIds.Header] = context.TraceIdentifier;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = IsOfTheApp(context.Response) ? _pages : NothingRuns;
        }

        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }

    /// <summary>Pages, and scripts: the policy a service worker lives under is the one its script came with.</summary>
    private static bool IsOfTheApp(HttpResponse response) =>
        response.ContentType is { } type
        && (type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) || type.StartsWith("text/javascript", StringComparison.OrdinalIgnoreCase));

    /// <summary>Scripts come from here only. Media may come from the bucket or CDN that signed links point to.</summary>
    private static string Pages(StorageOptions storage)
    {
        var media = string.Concat(new[] { storage.CdnUrl, storage.S3.Endpoint }
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out _))
            .Select(url => " " + new Uri(url!).GetLeftPart(UriPartial.Authority))
            .Distinct());
        return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            + $"img-src 'self' data: blob:{media}; media-src 'self' blob:{media}; connect-src 'self'{media}; "
            + "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }
}
