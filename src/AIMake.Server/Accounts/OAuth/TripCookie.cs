using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// What ties a trip to the browser that began it. It must come along when the provider sends the browser back, so it is
/// <c>SameSite=Lax</c>, unlike the refresh cookie; over https it is a <c>__Host-</c> cookie.
/// </summary>
internal sealed class TripCookie(IOptions<AccountsOptions> options)
{
    public const string SecureName = "__Host-oauth";
    public const string PlainName = "oauth";

    public OpaqueToken? Read(HttpRequest request) => OpaqueToken.TryParse(request.Cookies[Name(request)], out var token) ? token : null;

    public void Write(HttpContext context, OpaqueToken token, TimeSpan life) =>
        context.Response.Cookies.Append(Name(context.Request), token.Value, Attributes(context.Request, life));

    public void Clear(HttpContext context)
    {
        if (context.Request.Cookies.ContainsKey(Name(context.Request)))
        {
            context.Response.Cookies.Delete(Name(context.Request), Attributes(context.Request, life: null));
        }
    }

    private bool IsSecure(HttpRequest request) => request.IsHttps || options.Value.InsecureCookies is InsecureCookies.Never;

    private string Name(HttpRequest request) => IsSecure(request) ? SecureName : PlainName;

    private CookieOptions Attributes(HttpRequest request, TimeSpan? life) => new()
    {
        HttpOnly = true,
        Secure = IsSecure(request),
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = life,
        IsEssential = true,
    };
}
