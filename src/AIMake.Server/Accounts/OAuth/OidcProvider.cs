using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using Microsoft.AspNetCore.Http.Extensions;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// An issuer of OpenID Connect (Core 1.0), Google included: authorization code with PKCE, the ID token verified by the issuer's published
/// keys (<see cref="ForeignTokenVerifier"/>), and its userinfo asked where the ID token names no address.
/// </summary>
internal sealed class OidcProvider(
    string name, OAuthClientOptions client, OidcDiscovery discovery, ForeignTokenVerifier verifier, OutboundHttp http, ILogger<OidcProvider> log) : IOAuthProvider
{
    private const string Scope = "openid email profile";
    private static readonly TokenTimes Times = new(TimeSpan.FromHours(24), TimeSpan.FromMinutes(1));
    private readonly string _issuer = client.Issuer!;

    public string Name => name;

    public string DisplayName => client.Name ?? name;

    public async Task<Outcome<Uri>> DepartAsync(Trip trip, CancellationToken ct)
    {
        if (await discovery.FindAsync(_issuer, ct) is not { } document)
        {
            return OAuthFaults.Failed(DisplayName);
        }

        var query = new QueryBuilder
        {
            { "client_id", client.ClientId! }, { "redirect_uri", trip.RedirectUri }, { "response_type", "code" }, { "scope", Scope },
            { "state", trip.State }, { "nonce", trip.Nonce }, { "code_challenge", trip.Challenge }, { "code_challenge_method", "S256" },
        };
        var joint = document.Authorization.Query.Length > 0 ? $"&{query.ToString()[1..]}" : query.ToString();
        return new Uri(document.Authorization.AbsoluteUri + joint);
    }

    public async Task<Outcome<Person>> RedeemAsync(Trip trip, string code, string? issuer, CancellationToken ct)
    {
        try
        {
            if (await discovery.FindAsync(_issuer, ct) is not { } document || !IsFrom(issuer, document)
                || await ExchangeAsync(document, trip, code, ct) is not { } tokens
                || await ReadAsync(document, trip, tokens.IdToken, ct) is not { } claims)
            {
                return OAuthFaults.Failed(DisplayName);
            }

            var told = claims.All.Text("email") is null ? await AskAsync(document, tokens.AccessToken, claims.Subject, ct) : null;
            return Describe(claims, told ?? claims.All);
        }
        catch (OutboundException e)
        {
            AccountsLog.ProviderUnreachable(log, name, e.Failure);
            return OAuthFaults.Failed(DisplayName);
        }
    }

    /// <summary>An answer that says whose it is must be this issuer's: with several configured, one could pass another's code on (RFC 9207).</summary>
    private bool IsFrom(string? issuer, OidcDocument document) => issuer is null ? !document.NamesItself : string.Equals(issuer, _issuer, StringComparison.Ordinal);

    private async Task<(string IdToken, string? AccessToken)?> ExchangeAsync(OidcDocument document, Trip trip, string code, CancellationToken ct)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = trip.RedirectUri, ["code_verifier"] = trip.Verifier, ["client_id"] = client.ClientId!,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, document.Token);
        if (client.ClientSecret is { Length: > 0 } secret)
        {
            if (document.SecretInForm)
            {
                form["client_secret"] = secret;
            }
            else
            {
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client.ClientId!)}:{Uri.EscapeDataString(secret)}")));
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        var (status, body) = await SmallJson.SendAsync(http, request, ct);
        var answer = SmallJson.Read(body);
        if (status == StatusCodes.Status200OK && answer?.Text("id_token") is { } token)
        {
            return (token, SmallJson.BearerToken(answer));
        }

        AccountsLog.CodeRefused(log, name, status, SmallJson.ErrorCode(answer));
        return null;
    }

    private async Task<ForeignClaims?> ReadAsync(OidcDocument document, Trip trip, string token, CancellationToken ct)
    {
        string[] spellings = _issuer == OAuthOptions.GoogleIssuer ? [_issuer, "accounts.google.com"] : [_issuer]; // Google's old spelling still occurs
        var rules = new ForeignTokenRules(spellings, document.Keys, Times) { Audience = client.ClientId, Nonce = trip.Nonce };
        var (claims, refusal) = await verifier.VerifyAsync(token, rules, ct);
        if (refusal is { } why)
        {
            AccountsLog.IdTokenRefused(log, name, why, token.Length);
        }

        return claims;
    }

    /// <summary>Null unless it speaks of the very same subject.</summary>
    private async Task<JsonElement?> AskAsync(OidcDocument document, string? accessToken, string subject, CancellationToken ct)
    {
        if (document.UserInfo is null || accessToken is null)
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, document.UserInfo);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var (status, body) = await SmallJson.SendAsync(http, request, ct);
        var answer = status == StatusCodes.Status200OK ? SmallJson.Read(body) : null;
        return answer?.Text("sub") == subject ? answer : null;
    }

    private static Person Describe(ForeignClaims claims, JsonElement told)
    {
        var email = told.Text("email") is { Length: > 0 } address ? address : null;
        var verified = email is not null && told.TryGetProperty("email_verified", out var value) && value.ValueKind == JsonValueKind.True; // literally: "true" is not
        var (first, last) = (told.Text("given_name"), told.Text("family_name")) is var (given, family) && (given ?? family) is not null
            ? (PersonNames.Fit(given), PersonNames.Fit(family))
            : PersonNames.Split(told.Text("name"));
        return new Person(
            claims.Issuer, claims.Subject, email, verified, [told.Text("preferred_username"), email?.Split('@')[0], told.Text("name")], first, last,
            email ?? told.Text("preferred_username") ?? told.Text("name"));
    }
}
