using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.SignIn;

/// <summary>The cookie that carries the refresh token. It never comes along from another site.</summary>
internal sealed class RefreshCookie(IOptions<AccountsOptions> options) : TokenCookie(options, SecureName, PlainName, SameSiteMode.Strict)
{
    public const string SecureName = "__Host-rt";
    public const string PlainName = "rt";

    public void Write(HttpContext context, OpaqueToken token, DateTimeOffset expiresAt) => Write(context, token, cookie => cookie.Expires = expiresAt);
}
