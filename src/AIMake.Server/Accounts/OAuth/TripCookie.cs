using AIMake.Accounts.SignIn;
using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// What ties a trip to the browser that began it. It must come along when the provider sends the browser back, so it is
/// <c>SameSite=Lax</c>, unlike the refresh cookie.
/// </summary>
internal sealed class TripCookie(IOptions<AccountsOptions> options) : TokenCookie(options, SecureName, PlainName, SameSiteMode.Lax)
{
    public const string SecureName = "__Host-oauth";
    public const string PlainName = "oauth";

    public void Write(HttpContext context, OpaqueToken token, TimeSpan life) => Write(context, token, cookie => cookie.MaxAge = life);

    /// <summary>Where the browser sent one.</summary>
    public void ClearSent(HttpContext context)
    {
        if (IsSent(context.Request))
        {
            Clear(context);
        }
    }
}
