using AIMake.Accounts.SignIn;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Accounts.OAuth;

/// <summary>Somebody who can be signed in through.</summary>
/// <param name="Name">In addresses: <c>/api/auth/oauth/{name}/start</c>.</param>
/// <param name="DisplayName">For a button.</param>
public sealed record OAuthProviderView(string Name, string DisplayName);

/// <summary>Where to send the browser to link an identity.</summary>
public sealed record OAuthDeparture(string Url);

/// <summary>Links an identity to the signed-in user.</summary>
/// <param name="ReturnTo">Page to come back to, as a path of this site.</param>
public sealed record LinkIdentityRequest(string? ReturnTo = null);

/// <summary>The second factor after a sign-in through somebody else.</summary>
/// <param name="Code">As with a password.</param>
public sealed record OAuthCodeRequest(string Code);

/// <summary>What is left to go back to after linking.</summary>
/// <param name="ReturnTo">A path of this site.</param>
public sealed record LinkedIdentity(string ReturnTo);

internal static class OAuthEndpoints
{
    /// <summary>The page of the web app that tells how it ended.</summary>
    private const string Page = "/auth/callback";

    public static ApiResult<Page<OAuthProviderView>> Providers(OAuthProviders providers) =>
        new Page<OAuthProviderView>([.. providers.All.Select(p => new OAuthProviderView(p.Name, p.DisplayName))], null);

    /// <summary>Sends the browser to the provider.</summary>
    public static async Task<IResult> Start(
        string provider, [FromQuery] string? returnTo, [FromQuery] string? language, [FromQuery] bool? moved, OAuthService oauth, TripCookie cookie, HttpContext context,
        CancellationToken ct)
    {
        if (moved is not true && Elsewhere(context) is { } home)
        {
            return Go(context, home);
        }

        if (!(await oauth.StartAsync(provider, returnTo, LanguageOf(language, context), userId: null, ct)).TryGet(out var departure, out var fault))
        {
            return Refused(provider, fault, context);
        }

        cookie.Write(context, departure.Browser, OAuthService.TripLife);
        return Go(context, departure.Address.AbsoluteUri);
    }

    /// <summary>Takes the browser back, and sends it on to a page that knows what to say.</summary>
    public static async Task<IResult> Callback(
        string provider, [FromQuery] string? code, [FromQuery] string? state, [FromQuery] string? error, [FromQuery] string? iss, OAuthService oauth,
        TripCookie trips, RefreshCookie refresh, HttpContext context, CancellationToken ct)
    {
        var outcome = await oauth.FinishAsync(provider, new ProviderAnswer(code, state, error, iss), trips.Read(context.Request), Client.Of(context), ct);
        trips.ClearSent(context);
        if (!outcome.TryGet(out var landing, out var fault))
        {
            return Refused(provider, fault, context);
        }

        switch (landing)
        {
            case Landing.SignedIn signedIn:
                refresh.Write(context, signedIn.Grant.Refresh, signedIn.Grant.RefreshExpiresAt);
                return Go(context, Page + new QueryBuilder { { "next", landing.ReturnTo } });
            case Landing.Step step:
                trips.Write(context, step.Arrival, step.Name == "link" ? OAuthService.LinkLife : OAuthService.CodeLife);
                return Go(context, Page + new QueryBuilder { { "step", step.Name }, { "provider", provider }, { "next", landing.ReturnTo } });
            default:
                return Go(context, landing.ReturnTo);
        }
    }

    public static async Task<ApiResult<OAuthDeparture>> StartLink(
        string provider, LinkIdentityRequest body, CurrentCaller caller, OAuthService oauth, TripCookie cookie, HttpContext context, CancellationToken ct)
    {
        var outcome = await oauth.StartAsync(provider, body.ReturnTo ?? "/account", RequestLanguage.Of(context), caller.UserId, ct);
        return ApiResult.From(outcome.Select(departure =>
        {
            cookie.Write(context, departure.Browser, OAuthService.TripLife);
            return new OAuthDeparture(departure.Address.AbsoluteUri);
        }));
    }

    public static async Task<ApiResult<LinkedIdentity>> Link(CurrentCaller caller, OAuthService oauth, TripCookie cookie, HttpContext context, CancellationToken ct)
    {
        var outcome = await oauth.LinkAsync(cookie.Read(context.Request), caller.UserId, ct);
        if (outcome.Ok)
        {
            cookie.ClearSent(context);
        }

        return ApiResult.From(outcome.Select(returnTo => new LinkedIdentity(returnTo)));
    }

    public static async Task<ApiResult<SignedIn>> EnterCode(
        OAuthCodeRequest body, OAuthService oauth, TripCookie trips, RefreshCookie refresh, Csrf csrf, HttpContext context, CancellationToken ct)
    {
        if (csrf.Check(context.Request) is { } forged)
        {
            return ApiResult.From<SignedIn>(forged);
        }

        var outcome = await oauth.EnterCodeAsync(trips.Read(context.Request), body.Code, Client.Of(context), ct);
        if (outcome.Ok)
        {
            trips.ClearSent(context);
        }

        return ApiResult.From(SignInEndpoints.Answer(outcome, refresh, context));
    }

    /// <summary>
    /// The provider sends the browser back to the public address, so the trip begins there too: a cookie set under another name of this
    /// server (127.0.0.1 for localhost) would not come along. Once only, as a proxy may hide from us what the browser sees.
    /// </summary>
    /// <returns>Where to begin; null for here.</returns>
    private static string? Elsewhere(HttpContext context)
    {
        var home = new Uri(PublicAddress.Of(context.RequestServices));
        var request = context.Request;
        return string.Equals(request.Host.Value, home.Authority, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"{home.GetLeftPart(UriPartial.Authority)}{request.Path}{request.QueryString.Add("moved", "true")}";
    }

    private static string LanguageOf(string? asked, HttpContext context) =>
        asked is { } language && Profile.Preferences.Languages.Contains(language) ? language : RequestLanguage.Of(context);

    /// <summary>A person is at the other end, so the reason is shown on a page; a provider that is not there is an address that is not there.</summary>
    private static IResult Refused(string provider, Fault fault, HttpContext context) => fault.Code == FaultCodes.NotFound
        ? ApiResult.From<object?>(fault)
        : Go(context, Page + new QueryBuilder { { "error", fault.Code.Code }, { "provider", provider } });

    private static IResult Go(HttpContext context, string address)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(address);
    }
}
