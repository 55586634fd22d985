using System.Collections.Concurrent;
using System.Text.Json;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Outbound;

namespace AIMake.Accounts.OAuth;

/// <summary>What an issuer says of itself, as far as it is used here.</summary>
/// <param name="SecretInForm">The secret goes into the form of the token request, not into a header.</param>
/// <param name="NamesItself">Its answers carry <c>iss</c> (RFC 9207).</param>
internal sealed record OidcDocument(Uri Authorization, Uri Token, Uri Keys, Uri? UserInfo, bool SecretInForm, bool NamesItself);

/// <summary>
/// Discovery documents (OpenID Connect Discovery 1.0 §4), fetched from <c>{issuer}/.well-known/openid-configuration</c>, kept for an
/// hour and used for a day while the issuer is away. Every address in one must be one that this server would call.
/// </summary>
internal sealed class OidcDiscovery(OutboundHttp http, OutboundUrls urls, TimeProvider clock, ILogger<OidcDiscovery> log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<string, (OidcDocument Document, long At)> _known = new(StringComparer.Ordinal);

    /// <returns>Null when the issuer does not answer, or not properly.</returns>
    public async Task<OidcDocument?> FindAsync(string issuer, CancellationToken ct)
    {
        var known = _known.TryGetValue(issuer, out var kept);
        if (known && clock.GetElapsedTime(kept.At) < Fresh)
        {
            return kept.Document;
        }

        if (await FetchAsync(issuer, ct) is { } document)
        {
            _known[issuer] = (document, clock.GetTimestamp());
            return document;
        }

        return known && clock.GetElapsedTime(kept.At) < Stale ? kept.Document : null;
    }

    private async Task<OidcDocument?> FetchAsync(string issuer, CancellationToken ct)
    {
        try
        {
            var body = await SmallJson.GetAsync(http, new Uri($"{issuer.TrimEnd('/')}/.well-known/openid-configuration"), ct);
            if (body is not null && SmallJson.Read(body) is { ValueKind: JsonValueKind.Object } json && Read(json, issuer) is { } document)
            {
                return document;
            }

            AccountsLog.DiscoveryUnreadable(log, issuer);
        }
        catch (OutboundException e)
        {
            AccountsLog.ProviderUnreachable(log, issuer, e.Failure);
        }

        return null;
    }

    /// <summary>A document that speaks for another issuer speaks for none.</summary>
    private OidcDocument? Read(JsonElement json, string issuer) =>
        json.Text("issuer") == issuer
        && Address(json, "authorization_endpoint") is { } authorization && Address(json, "token_endpoint") is { } token && Address(json, "jwks_uri") is { } keys
            ? new OidcDocument(
                authorization, token, keys, Address(json, "userinfo_endpoint"),
                SecretInForm: Lists(json, "token_endpoint_auth_methods_supported", "client_secret_post") && !Lists(json, "token_endpoint_auth_methods_supported", "client_secret_basic"),
                NamesItself: json.TryGetProperty("authorization_response_iss_parameter_supported", out var names) && names.ValueKind == JsonValueKind.True)
            : null;

    private Uri? Address(JsonElement json, string member) => urls.Check(json.Text(member)).TryGet(out var uri, out _) ? uri : null;

    private static bool Lists(JsonElement json, string member, string value) =>
        json.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().Any(e => e.ValueKind == JsonValueKind.String && e.ValueEquals(value));
}
