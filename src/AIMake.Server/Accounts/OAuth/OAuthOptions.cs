using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// Who else may say who somebody is. A provider is offered once its client id is set; what to register there as the redirect address is
/// <c>{public address}/api/auth/oauth/{name}/callback</c>.
/// </summary>
internal sealed partial class OAuthOptions : IValidatableObject
{
    public const string Section = "OAuth";

    /// <summary>GitHub, or a GitHub Enterprise server under another <see cref="OAuthClientOptions.Issuer"/>. Flat names <c>OAUTH_GITHUB_CLIENT_ID</c>, <c>…_SECRET</c>.</summary>
    public OAuthClientOptions GitHub { get; set; } = new() { Issuer = "https://github.com", ApiUrl = "https://api.github.com", Name = "GitHub" };

    /// <summary>Google. Flat names <c>OAUTH_GOOGLE_CLIENT_ID</c>, <c>…_SECRET</c>.</summary>
    public OAuthClientOptions Google { get; set; } = new() { Issuer = GoogleIssuer, Name = "Google" };

    /// <summary>An issuer of OpenID Connect. Flat names <c>OAUTH_OIDC_ISSUER</c>, <c>…_CLIENT_ID</c>, <c>…_CLIENT_SECRET</c>, <c>…_NAME</c>.</summary>
    public OAuthClientOptions Oidc { get; set; } = new();

    /// <summary>Further issuers of OpenID Connect under names of the operator's choice: <c>OAuth__Issuers__keycloak__Issuer=https://…</c>.</summary>
    public Dictionary<string, OAuthClientOptions> Issuers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    internal const string GoogleIssuer = "https://accounts.google.com";

    /// <summary>Those that are set up, by name.</summary>
    internal IEnumerable<(string Name, OAuthClientOptions Client)> Configured =>
        new[] { ("github", GitHub), ("google", Google), ("oidc", Oidc) }
            .Concat(Issuers.Select(i => (i.Key.ToLowerInvariant(), i.Value)))
            .Where(c => c.Item2.ClientId is { Length: > 0 });

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Issuers.Keys.Where(n => !NamePattern().IsMatch(n) || n.ToLowerInvariant() is "github" or "google" or "oidc" or "clerk"))
        {
            yield return new($"'{name}' cannot be a name here. Use 1 to 32 lower-case letters, digits and hyphens, and none of github, google, oidc, clerk.", [nameof(Issuers)]);
        }

        foreach (var (name, client) in Configured)
        {
            var path = name switch { "github" => nameof(GitHub), "google" => nameof(Google), "oidc" => nameof(Oidc), _ => $"{nameof(Issuers)}:{name}" };
            if (!IsAddress(client.Issuer))
            {
                yield return new("is missing. Write the issuer's address, e.g. https://login.example.com, exactly as its tokens spell it.", [$"{path}:{nameof(client.Issuer)}"]);
            }

            if (name is "github" or "google" && client.ClientSecret is not { Length: > 0 })
            {
                yield return new("is missing; the provider shows it beside the client id.", [$"{path}:{nameof(client.ClientSecret)}"]);
            }

            if (name is "github" && !IsAddress(client.ApiUrl))
            {
                yield return new("must be an address, e.g. https://api.github.com.", [$"{path}:{nameof(client.ApiUrl)}"]);
            }
        }
    }

    private static bool IsAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    [GeneratedRegex(@"\A[a-z0-9-]{1,32}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}

/// <summary>This server as one provider knows it.</summary>
internal sealed class OAuthClientOptions
{
    /// <summary>What buttons call it, e.g. "Acme Login". Default: its name in the settings.</summary>
    [StringLength(40, ErrorMessage = "has at most 40 characters.")]
    public string? Name { get; set; }

    /// <summary>The provider's address: <c>iss</c> of its tokens, and where its discovery document lies.</summary>
    public string? Issuer { get; set; }

    public string? ClientId { get; set; }

    /// <summary>Empty for a public client, which PKCE alone protects.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Where GitHub's API is; used for GitHub only.</summary>
    public string? ApiUrl { get; set; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => Name ?? Issuer ?? "";
}
