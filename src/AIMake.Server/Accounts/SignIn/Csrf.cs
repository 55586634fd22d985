using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.SignIn;

/// <summary>
/// Keeps other sites' pages from using the refresh cookie. A request passes when it says where it comes from and that is
/// here (<c>Origin</c>, else <c>Sec-Fetch-Site</c>), or when it carries <c>X-Requested-With</c>, which a page elsewhere cannot
/// add without asking first. A form or plain text body never passes.
/// </summary>
internal sealed class Csrf(HttpOptions options)
{
    public const string Header = "X-Requested-With";

    public Fault? Check(HttpRequest request) => IsOurBody(request) && IsOurOrigin(request) ? null : new Fault(FaultCodes.CsrfFailed);

    private static bool IsOurBody(HttpRequest request) =>
        request.ContentType is null ? request.ContentLength is null or 0 : request.HasJsonContentType();

    private bool IsOurOrigin(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.Origin is [_, ..] sent)
        {
            return sent is [{ } origin] && (IsSelf(origin, request) || options.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));
        }

        return headers["Sec-Fetch-Site"] is [_, ..] site
            ? site is ["same-origin"]
            : headers[Header].ToString().Length > 0;
    }

    /// <summary>A proxy that ends TLS and is not declared makes us see http where the page saw https; the host still has to match.</summary>
    private static bool IsSelf(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && (uri.Scheme == request.Scheme || uri.Scheme == "https")
        && string.Equals(uri.Authority, WithoutDefaultPort(request.Host, uri.Scheme), StringComparison.OrdinalIgnoreCase);

    private static string WithoutDefaultPort(HostString host, string scheme) =>
        host.Port == (scheme == "https" ? 443 : 80) ? host.Host : host.Value ?? "";
}
