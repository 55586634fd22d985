using AIMake.Accounts.Profile;
using AIMake.Accounts.Registration;
using AIMake.Accounts.Sessions;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.SignIn;

/// <summary>Name and password.</summary>
/// <param name="Login">E-mail address or username.</param>
/// <param name="Email">The same under the name some clients use; one of both is needed.</param>
/// <param name="Totp">Six digits of the app, or a recovery code; asked for with TOTP_REQUIRED where the account has a second factor.</param>
public sealed record LoginRequest(string Password, string? Login = null, string? Email = null, string? Totp = null);

/// <summary>A session: who, and the token to send as <c>Authorization: Bearer</c>. The refresh token travels in a cookie.</summary>
/// <param name="ExpiresIn">Life of the access token in seconds.</param>
public sealed record SignedIn(UserProfile User, string AccessToken, int ExpiresIn);

internal static class SignInEndpoints
{
    public static async Task<ApiResult<SignedIn>> Register(
        RegisterRequest body, RegistrationService registration, RefreshCookie cookie, HttpContext context, CancellationToken ct) =>
        ApiResult.Created(Answer(
            await registration.RegisterAsync(body, Client.Of(context), RequestLanguage.Of(context), ct), cookie, context));

    public static async Task<ApiResult<SignedIn>> Login(
        LoginRequest body, SignInService signIn, RefreshCookie cookie, HttpContext context, CancellationToken ct)
    {
        var login = body.Login ?? body.Email;
        var missing = string.IsNullOrEmpty(login) ? "login" : body.Password.Length == 0 ? "password" : null;
        var outcome = missing is null
            ? await signIn.SignInAsync(login!, body.Password, body.Totp, Client.Of(context), ct)
            : new Fault(FaultCodes.FieldRequired, missing) { Field = missing };
        return ApiResult.From(Answer(outcome, cookie, context));
    }

    public static async Task<ApiResult<SignedIn>> Refresh(
        RefreshService sessions, RefreshCookie cookie, Csrf csrf, HttpContext context, CancellationToken ct)
    {
        if (csrf.Check(context.Request) is { } forged)
        {
            return ApiResult.From<SignedIn>(forged);
        }

        if (cookie.Read(context.Request) is not { } token)
        {
            return ApiResult.From<SignedIn>(new Fault(FaultCodes.RefreshInvalid));
        }

        var outcome = await sessions.RefreshAsync(token, Client.Of(context), ct);
        if (outcome.Fault?.Code is { Status: StatusCodes.Status401Unauthorized })
        {
            cookie.Clear(context);
        }

        return ApiResult.From(Answer(outcome, cookie, context));
    }

    /// <summary>Ends the session of the cookie and, where it is another one, of the access token. Without either there is nothing to do.</summary>
    public static async Task<ApiResult<object?>> Logout(
        RefreshService refresh, SessionService sessions, RefreshCookie cookie, Csrf csrf, HttpContext context, CancellationToken ct)
    {
        if (csrf.Check(context.Request) is { } forged)
        {
            return ApiResult.From<object?>(forged);
        }

        if (cookie.Read(context.Request) is { } token)
        {
            await refresh.EndAsync(token, ct);
        }

        if (CurrentCaller.TryGet(context, out var caller) && caller.SessionId is { } session)
        {
            await sessions.EndAsync(caller.UserId, session, "logout", ct);
        }

        if (cookie.IsSent(context.Request))
        {
            cookie.Clear(context);
        }

        return ApiResult.From<object?>((object?)null);
    }

    /// <summary>The refresh token goes into its cookie, the rest into the answer.</summary>
    internal static Outcome<SignedIn> Answer(Outcome<SessionGrant> outcome, RefreshCookie cookie, HttpContext context) => outcome.Select(grant =>
    {
        cookie.Write(context, grant.Refresh, grant.RefreshExpiresAt);
        context.Response.Headers.CacheControl = "no-store";
        return new SignedIn(grant.User, grant.Access.Token, grant.Access.ExpiresIn);
    });
}
