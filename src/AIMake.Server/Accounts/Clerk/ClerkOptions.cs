using System.ComponentModel.DataAnnotations;

namespace AIMake.Accounts.Clerk;

/// <summary>An installation whose pages sign people in with Clerk. Off without an issuer.</summary>
internal sealed class ClerkOptions : IValidatableObject
{
    public const string Section = "Clerk";

    /// <summary>Clerk's address for this application, exactly as its tokens spell it: <c>https://clerk.example.com</c>. Flat name <c>CLERK_ISSUER</c>.</summary>
    public string? Issuer { get; set; }

    /// <summary>Asks Clerk's API for names and addresses, which its tokens do not carry. Flat name <c>CLERK_SECRET_KEY</c>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Where its keys are; default <c>{issuer}/.well-known/jwks.json</c>. Flat name <c>CLERK_JWKS_URL</c>.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>
    /// Origins whose pages may obtain tokens for us (<c>azp</c>). When empty: our own public address and <c>CORS_ORIGINS</c>, and tokens that
    /// name no party. Flat name <c>CLERK_AUTHORIZED_PARTIES</c>, comma between.
    /// </summary>
    public string[] AuthorizedParties { get; set; } = [];

    /// <summary>Proves Clerk's notices: <c>whsec_…</c>. Flat name <c>CLERK_WEBHOOK_SIGNING_SECRET</c>.</summary>
    public string? WebhookSigningSecret { get; set; }

    /// <summary>Default <c>https://api.clerk.com</c>.</summary>
    public string ApiUrl { get; set; } = "https://api.clerk.com";

    internal bool IsOn => Issuer is { Length: > 0 };

    internal Uri Keys => new(JwksUrl is { Length: > 0 } url ? url : $"{Issuer!.TrimEnd('/')}/.well-known/jwks.json");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[] { (nameof(Issuer), Issuer), (nameof(JwksUrl), JwksUrl), (nameof(ApiUrl), ApiUrl) })
        {
            if (value is { Length: > 0 } && !(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                yield return new("must be an address, e.g. https://clerk.example.com.", [name]);
            }
        }

        if (WebhookSigningSecret is { Length: > 0 } secret && SvixSignature.KeyOf(secret) is null)
        {
            yield return new("is not one of Clerk's: it begins with whsec_ and is shown beside the endpoint in its dashboard.", [nameof(WebhookSigningSecret)]);
        }
    }
}
