using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using Microsoft.AspNetCore.Http.Extensions;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// GitHub, which speaks OAuth 2 but not OpenID Connect: no ID token, so the person is asked of its API. Source: GitHub's documentation of
/// authorizing OAuth apps and of <c>/user</c> and <c>/user/emails</c>. The access token is used for these two questions and forgotten.
/// </summary>
internal sealed class GitHubProvider(string name, OAuthClientOptions client, OutboundHttp http, ILogger<GitHubProvider> log) : IOAuthProvider
{
    private const string Scope = "read:user user:email";
    private readonly string _site = client.Issuer!.TrimEnd('/');
    private readonly string _api = client.ApiUrl!.TrimEnd('/');

    public string Name => name;

    public string DisplayName => client.Name ?? name;

    public Task<Outcome<Uri>> DepartAsync(Trip trip, CancellationToken ct)
    {
        var query = new QueryBuilder
        {
            { "client_id", client.ClientId! }, { "redirect_uri", trip.RedirectUri }, { "scope", Scope }, { "state", trip.State },
            { "code_challenge", trip.Challenge }, { "code_challenge_method", "S256" },
        };
        return Task.FromResult<Outcome<Uri>>(new Uri($"{_site}/login/oauth/authorize{query}"));
    }

    public async Task<Outcome<Person>> RedeemAsync(Trip trip, string code, string? issuer, CancellationToken ct)
    {
        try
        {
            if (await ExchangeAsync(trip, code, ct) is not { } token
                || await AskAsync("/user", token, ct) is not { ValueKind: JsonValueKind.Object } user || user.Number("id") is not (> 0 and var id))
            {
                return OAuthFaults.Failed(DisplayName);
            }

            var emails = await AskAsync("/user/emails", token, ct);
            return Describe(user, id, emails is null ? null : PrimaryEmail(emails.Value));
        }
        catch (OutboundException e)
        {
            AccountsLog.ProviderUnreachable(log, name, e.Failure);
            return OAuthFaults.Failed(DisplayName);
        }
    }

    /// <summary>A refusal comes with status 200 as well, so the token has to be there.</summary>
    private async Task<string?> ExchangeAsync(Trip trip, string code, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_site}/login/oauth/access_token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["client_id"] = client.ClientId!, ["client_secret"] = client.ClientSecret!, ["code"] = code,
                ["redirect_uri"] = trip.RedirectUri, ["code_verifier"] = trip.Verifier,
            }),
        };
        var (status, body) = await SmallJson.SendAsync(http, request, ct);
        var answer = SmallJson.Read(body);
        if (status == StatusCodes.Status200OK && SmallJson.BearerToken(answer) is { } token && string.Equals(answer!.Value.Text("token_type"), "bearer", StringComparison.OrdinalIgnoreCase))
        {
            return token;
        }

        AccountsLog.CodeRefused(log, name, status, SmallJson.ErrorCode(answer));
        return null;
    }

    private async Task<JsonElement?> AskAsync(string path, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _api + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        var (status, body) = await SmallJson.SendAsync(http, request, ct);
        if (status == StatusCodes.Status200OK)
        {
            return SmallJson.Read(body);
        }

        AccountsLog.PersonRefused(log, name, status);
        return null;
    }

    private Person Describe(JsonElement user, long id, string? email)
    {
        var (login, full) = (user.Text("login"), user.Text("name"));
        var (first, last) = PersonNames.Split(full);
        return new Person(
            _site, id.ToString(CultureInfo.InvariantCulture), email, EmailVerified: email is not null, [login, full, email?.Split('@')[0]], first, last, login ?? email);
    }

    /// <summary>The address of the profile may be anybody's; the primary one of the list, if verified, is theirs.</summary>
    private static string? PrimaryEmail(JsonElement emails) => emails.ValueKind != JsonValueKind.Array
        ? null
        : emails.EnumerateArray()
            .Where(e => e.ValueKind == JsonValueKind.Object && IsTrue(e, "primary") && IsTrue(e, "verified"))
            .Select(e => e.Text("email"))
            .FirstOrDefault();

    private static bool IsTrue(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;
}
