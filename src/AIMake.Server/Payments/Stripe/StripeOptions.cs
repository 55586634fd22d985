using System.ComponentModel.DataAnnotations;

namespace AIMake.Payments.Stripe;

/// <summary>Settings <c>Payments:Stripe:*</c>. Without a secret key nothing is sold through Stripe.</summary>
internal sealed class StripeOptions : IValidatableObject
{
    public const string Section = "Payments:Stripe";

    /// <summary>The version whose shapes this code reads and writes.</summary>
    public const string Version = "2026-10-28.endive";

    /// <summary><c>sk_live_…</c> or <c>sk_test_…</c>, also a restricted <c>rk_…</c>. Flat name <c>STRIPE_SECRET_KEY</c>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>
    /// <c>whsec_…</c> of the endpoint, the whole of it; while it is being changed, the old one after a comma. Flat name
    /// <c>STRIPE_WEBHOOK_SECRET</c>.
    /// </summary>
    public string[] WebhookSecret { get; set; } = [];

    /// <summary>Where Stripe is, up to and without <c>/v1</c>: another address is for tests and simulations, and needs an entry in <c>Outbound:AllowedHosts</c>.</summary>
    public string BaseUrl { get; set; } = "https://api.stripe.com";

    /// <summary>How often a call is tried in all when Stripe is out of reach or in trouble. Default 3.</summary>
    [Range(1, 10, ErrorMessage = "must be from 1 to 10.")]
    public int Attempts { get; set; } = 3;

    /// <summary>Lets buyers type a promotion code that was made in Stripe's dashboard. Default false.</summary>
    public bool PromotionCodes { get; set; }

    /// <summary>Lets Stripe Tax add the tax of the buyer's address; it has to be set up there. Default false.</summary>
    public bool AutomaticTax { get; set; }

    /// <summary>Whether the key is of the real world: events of the other one are not kept.</summary>
    public bool IsLive => SecretKey?.Contains("_live_", StringComparison.Ordinal) ?? false;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Query != "" || url.Fragment != "")
        {
            yield return new("must be an address without a query, e.g. https://api.stripe.com.", [nameof(BaseUrl)]);
        }

        if (SecretKey is { Length: > 0 } key && key.Any(c => c is < '!' or > '~'))
        {
            yield return new("has a character that is in no key of Stripe's. Copy it anew from the dashboard.", [nameof(SecretKey)]);
        }
    }
}
