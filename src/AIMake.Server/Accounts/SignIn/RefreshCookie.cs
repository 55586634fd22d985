using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.SignIn;

/// <summary>
/// The cookie that carries the refresh token. Over https: <c>__Host-rt</c>, which browsers tie to this very host. Over plain
/// http, as on a first run in one's own network, browsers drop such a cookie, so it is called <c>rt</c> there, unless the
/// operator forbids it.
/// </summary>
internal sealed class RefreshCookie(IOptions<AccountsOptions> options)
{
    public const string SecureName = "__Host-rt";
    public const string PlainName = "rt";

    public OpaqueToken? Read(HttpRequest request) => OpaqueToken.TryParse(request.Cookies[Name(request)], out var token) ? token : null;

    /// <summary>Whether the browser sent one at all, readable or not.</summary>
    public bool IsSent(HttpRequest request) => request.Cookies.ContainsKey(Name(request));

    public void Write(HttpContext context, OpaqueToken token, DateTimeOffset expiresAt) =>
        context.Response.Cookies.Append(Name(context.Request), token.Value, Attributes(context.Request, expiresAt));

    public void Clear(HttpContext context) =>
        context.Response.Cookies.Delete(Name(context.Request), Attributes(context.Request, expiresAt: null));

    private bool IsSecure(HttpRequest request) => request.IsHttps || options.Value.InsecureCookies is InsecureCookies.Never;

    private string Name(HttpRequest request) => IsSecure(request) ? SecureName : PlainName;

    private CookieOptions Attributes(HttpRequest request, DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        Secure = IsSecure(request),
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Expires = expiresAt,
        IsEssential = true,
    };
}
