using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Simulator.People;
using Microsoft.AspNetCore.Http.Extensions;

namespace AIMake.Simulator.Oidc;

/// <summary>
/// Issuers of OpenID Connect under <c>/oidc/{name}</c>; <c>google</c> stands in for Google. <c>failCode</c> for the path of the token endpoint
/// makes the ID token wrong: <c>wrong_nonce</c>, <c>no_nonce</c>, <c>wrong_audience</c>, <c>wrong_issuer</c>, <c>expired</c>, <c>no_email</c>,
/// <c>email_verified_text</c>, and those of <see cref="TokenKeys"/>. <c>POST …/__rotate</c> changes the key.
/// </summary>
internal static class OidcRoutes
{
    private const string Root = "/oidc/{issuer}";
    private const int Life = 3600;

    public static void MapOidc(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{Root}/.well-known/openid-configuration", context => VendorCall.AnswerAsync(context, null, (_, faults) => WriteAsync(context, faults, Discovery(context))));
        routes.MapGet($"{Root}/jwks", context => VendorCall.AnswerAsync(context, null, (_, faults) => WriteAsync(context, faults, Keys(context).Set(Name(context)))));
        routes.MapGet($"{Root}/authorize", context => VendorCall.AnswerAsync(context, context.Request.Query["client_id"], (_, _) => AskAsync(context)));
        routes.MapPost($"{Root}/authorize", context => VendorCall.AnswerAsync(context, context.Request.Query["client_id"], (call, _) => DecideAsync(context, call)));
        routes.MapPost($"{Root}/token", context => VendorCall.AnswerAsync(context, null, (call, faults) => ExchangeAsync(context, call, faults)));
        routes.MapGet($"{Root}/userinfo", context => VendorCall.AnswerAsync(context, null, (_, faults) => TellAsync(context, faults)));
        routes.MapPost($"{Root}/__rotate", context =>
        {
            Keys(context).Rotate(Name(context));
            return Task.CompletedTask;
        });
    }

    private static JsonObject Discovery(HttpContext context)
    {
        var issuer = Issuer(context);
        return new JsonObject
        {
            ["issuer"] = issuer, ["authorization_endpoint"] = $"{issuer}/authorize", ["token_endpoint"] = $"{issuer}/token", ["userinfo_endpoint"] = $"{issuer}/userinfo",
            ["jwks_uri"] = $"{issuer}/jwks", ["response_types_supported"] = new JsonArray("code"), ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"), ["scopes_supported"] = new JsonArray("openid", "email", "profile"),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post", "client_secret_basic"), ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["claims_supported"] = new JsonArray("sub", "email", "email_verified", "name"), ["grant_types_supported"] = new JsonArray("authorization_code"),
        };
    }

    private static Task AskAsync(HttpContext context) =>
        Complaint(context) is { } complaint ? ConsentPage.RefuseAsync(context, complaint) : ConsentPage.WriteAsync(context, Title(context), context.Request.Query["client_id"].ToString());

    private static async Task DecideAsync(HttpContext context, BookedCall call)
    {
        var (query, form) = (context.Request.Query, await context.Request.ReadFormAsync(context.RequestAborted));
        call.Body = $"{form["decision"]} {form["login"]}";
        if (Complaint(context) is { } complaint)
        {
            await ConsentPage.RefuseAsync(context, complaint);
            return;
        }
        var state = query["state"].ToString();
        var person = form["decision"] == "allow" ? SimulatedPerson.From(form) : null;
        var answer = person is null
            ? new QueryBuilder { { "error", "access_denied" }, { "state", state } }
            : new QueryBuilder { { "code", Shelf(context).Allow(Asked(context, person)) }, { "state", state }, { "scope", query["scope"].ToString() } };
        context.Response.Redirect(query["redirect_uri"] + answer.ToString());
    }

    private static Consent Asked(HttpContext context, SimulatedPerson person)
    {
        var query = context.Request.Query;
        return new Consent(
            person, Name(context), query["client_id"].ToString(), query["redirect_uri"].ToString(), query["code_challenge"], query["nonce"], query["scope"].ToString(), Now(context));
    }

    private static string? Complaint(HttpContext context)
    {
        var query = context.Request.Query;
        return query["client_id"].Count == 0 ? "invalid_client"
            : !Consents.MayReturnTo(query["redirect_uri"]) ? "redirect_uri_mismatch"
            : query["response_type"] != "code" ? "unsupported_response_type"
            : !query["scope"].ToString().Split(' ').Contains("openid") ? "invalid_scope"
            : query["code_challenge"].Count > 0 && query["code_challenge_method"] != "S256" ? "invalid_request"
            : null;
    }

    private static async Task ExchangeAsync(HttpContext context, BookedCall call, FaultSetting faults)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        call.Body = string.Join('&', form.Keys);
        var (client, secret) = Credentials(context, form);
        if (faults.FailStatus is { } status) await RefuseAsync(context, status, faults.FailCode ?? "server_error");
        else if (secret != Consents.Secret) await RefuseAsync(context, 401, "invalid_client");
        else if (form["grant_type"] != "authorization_code") await RefuseAsync(context, 400, "unsupported_grant_type");
        else if (Shelf(context).Redeem(form["code"].ToString(), Name(context), client, form["redirect_uri"].ToString(), form["code_verifier"]) is not { } consent)
            await RefuseAsync(context, 400, "invalid_grant");
        else
        {
            await WriteAsync(context, FaultSetting.None, new JsonObject
            {
                ["access_token"] = Shelf(context).TokenFor("ya29.", consent), ["expires_in"] = Life - 1, ["scope"] = consent.Scope, ["token_type"] = "Bearer",
                ["id_token"] = Keys(context).Sign(Name(context), IdToken(context, consent, faults.FailCode), faults.FailCode),
            });
        }
    }

    private static JsonObject IdToken(HttpContext context, Consent consent, string? fault)
    {
        var now = Now(context).ToUnixTimeSeconds() - (fault is "expired" ? 2 * Life : 0);
        var payload = new JsonObject
        {
            ["iss"] = fault is "wrong_issuer" ? "https://issuer.example" : Issuer(context), ["sub"] = Subject(consent.Person),
            ["aud"] = fault is "wrong_audience" ? "somebody-else" : consent.ClientId, ["azp"] = fault is "wrong_audience" ? "somebody-else" : consent.ClientId,
            ["iat"] = now, ["exp"] = now + Life,
        };
        if (consent.Nonce is { Length: > 0 } nonce && fault is not "no_nonce") payload["nonce"] = fault is "wrong_nonce" ? "another" : nonce;
        if (fault is not "no_email") Describe(consent, payload);
        if (fault is "email_verified_text") payload["email_verified"] = "true";
        return payload;
    }

    private static Task TellAsync(HttpContext context, FaultSetting faults)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (Shelf(context).Find(header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null, Name(context)) is not { } consent)
            return RefuseAsync(context, 401, "invalid_token");
        var answer = new JsonObject { ["sub"] = faults.FailCode is "other_subject" ? "another" : Subject(consent.Person) };
        Describe(consent, answer);
        return WriteAsync(context, faults, answer);
    }

    /// <summary>What the scopes allow to be told.</summary>
    private static void Describe(Consent consent, JsonObject claims)
    {
        var (person, scopes) = (consent.Person, consent.Scope.Split(' '));
        if (scopes.Contains("email") && person.Email is not null) (claims["email"], claims["email_verified"]) = (person.Email, person.Verified);
        if (scopes.Contains("profile")) (claims["name"], claims["preferred_username"]) = (person.Name, person.Login);
    }

    private static (string Client, string? Secret) Credentials(HttpContext context, IFormCollection form)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return (form["client_id"].ToString(), form["client_secret"]);
        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["error"] = error, ["error_description"] = "Simulated." }.ToJsonString(), context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, FaultSetting faults, JsonObject answer)
    {
        context.Response.StatusCode = faults.FailStatus ?? StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static string Subject(SimulatedPerson person) => (1_000_000_000_000 + person.Id).ToString(CultureInfo.InvariantCulture);

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["issuer"]!;

    private static string Title(HttpContext context) => Name(context) == "google" ? "Google" : Name(context);

    private static string Issuer(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}/oidc/{Name(context)}";

    private static TokenKeys Keys(HttpContext context) => context.RequestServices.GetRequiredService<TokenKeys>();

    private static Consents Shelf(HttpContext context) => context.RequestServices.GetRequiredService<Consents>();

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
