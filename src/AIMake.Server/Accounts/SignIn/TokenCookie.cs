using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.SignIn;

/// <summary>
/// A cookie that carries one token of ours and that no script can read. Over https its name begins with <c>__Host-</c>, which browsers tie to
/// this very host. Over plain http, as on a first run in one's own network, browsers drop such a cookie, so it goes by its plain name there,
/// unless the operator forbids it.
/// </summary>
internal abstract class TokenCookie(IOptions<AccountsOptions> options, string secureName, string plainName, SameSiteMode sameSite)
{
    public OpaqueToken? Read(HttpRequest request) => OpaqueToken.TryParse(request.Cookies[Name(request)], out var token) ? token : null;

    /// <summary>Whether the browser sent one at all, readable or not.</summary>
    public bool IsSent(HttpRequest request) => request.Cookies.ContainsKey(Name(request));

    /// <summary>Takes it away, whether the browser has one or not.</summary>
    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Name(context.Request), Attributes(context.Request));

    /// <param name="lifetime">Sets how long it is kept.</param>
    protected void Write(HttpContext context, OpaqueToken token, Action<CookieOptions> lifetime)
    {
        var attributes = Attributes(context.Request);
        lifetime(attributes);
        context.Response.Cookies.Append(Name(context.Request), token.Value, attributes);
    }

    private bool IsSecure(HttpRequest request) => request.IsHttps || options.Value.InsecureCookies is InsecureCookies.Never;

    private string Name(HttpRequest request) => IsSecure(request) ? secureName : plainName;

    private CookieOptions Attributes(HttpRequest request) => new()
    {
        HttpOnly = true,
        Secure = IsSecure(request),
        SameSite = sameSite,
        Path = "/",
        IsEssential = true,
    };
}
