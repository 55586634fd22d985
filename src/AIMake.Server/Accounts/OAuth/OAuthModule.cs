using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;

namespace AIMake.Accounts.OAuth;

/// <summary>Sign-in through others: the way there and back, and the identities it leaves.</summary>
internal static class OAuthModule
{
    public static void AddOAuth(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<OAuthOptions>(OAuthOptions.Section);
        foreach (var (name, client) in options.Configured.Where(c => Uri.TryCreate(c.Client.Issuer, UriKind.Absolute, out _) && !builder.MayCall(c.Client.Issuer!)))
        {
            var section = name switch { "github" => "GitHub", "google" => "Google", "oidc" => "Oidc", _ => $"Issuers:{name}" };
            builder.SettingsRegistry().Report(
                $"{OAuthOptions.Section}:{section}:{nameof(client.Issuer)}", "may not be called: it must be https and public, or its host be named in AIMAKE_ALLOWED_HOSTS.");
        }

        var services = builder.Services;
        services.AddSingleton<IdentityService>();
        services.AddSingleton<OAuthProviders>();
        services.AddSingleton<OAuthService>();
        services.AddSingleton<OidcDiscovery>();
        services.AddSingleton<TripCookie>();
        services.AddSingleton<WaysIn>();
    }

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        var door = app.MapGroup("/api/auth").Public().WithTags("Accounts");
        door.MapGet("/oauth", OAuthEndpoints.Providers).WithName("ListSignInProviders").WithSummary("Who else can be signed in through");
        door.MapGet("/oauth/{provider}/start", OAuthEndpoints.Start).WithName("StartSignInThrough").WithSummary("Send the browser to a provider").Produces(StatusCodes.Status302Found);
        door.MapGet("/oauth/{provider}/callback", OAuthEndpoints.Callback).WithName("FinishSignInThrough").WithSummary("Take the browser back from a provider").Produces(StatusCodes.Status302Found);
        door.MapPost("/oauth/code", OAuthEndpoints.EnterCode).WithRateClass(RateClass.Auth).WithName("EnterSignInCode").WithSummary("Show the second factor after a sign-in through a provider");

        var own = app.MapGroup("/api/auth").RequireCaller().SessionOnly().WithTags("Accounts");
        own.MapPost("/oauth/{provider}/link", OAuthEndpoints.StartLink).WithName("StartLinkingIdentity").WithSummary("Get the address that links an identity at a provider");
        own.MapPost("/oauth/link", OAuthEndpoints.Link).WithName("LinkIdentity").WithSummary("Link the identity that waits for this account");
        own.MapGet("/identities", IdentityEndpoints.List).WithName("ListIdentities").WithSummary("Identities the caller may sign in with");
        own.MapDelete("/identities/{id:guid}", IdentityEndpoints.Unlink).WithName("UnlinkIdentity").WithSummary("Unlink an identity, unless it is the last way in");
    }
}
