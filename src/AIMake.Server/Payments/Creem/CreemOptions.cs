using System.ComponentModel.DataAnnotations;

namespace AIMake.Payments.Creem;

/// <summary>Settings <c>Payments:Creem:*</c>. Without an API key nothing is sold through Creem. What it sells has a product in the catalog.</summary>
internal sealed class CreemOptions : IValidatableObject
{
    public const string Section = "Payments:Creem";

    private const string TestKeys = "creem_test_";

    /// <summary>From Creem's dashboard, Developers. Flat name <c>CREEM_API_KEY</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Of the webhook endpoint; while it is being changed, the old one after a comma. Flat name <c>CREEM_WEBHOOK_SECRET</c>.</summary>
    public string[] WebhookSecret { get; set; } = [];

    /// <summary>
    /// Where Creem is, up to and without <c>/v1</c>. Default: the world that the key belongs to. Another address is for tests and simulations, and
    /// needs an entry in <c>Outbound:AllowedHosts</c>.
    /// </summary>
    public string? BaseUrl { get; set; }

    /// <summary>What stands before a product's id in its lasting link, on which is sold when Creem's API does not answer. Default: Creem's.</summary>
    public string? LinkUrl { get; set; }

    /// <summary>Whether objects of the test world are somebody else's.</summary>
    public bool IsLive => ApiKey?.StartsWith(TestKeys, StringComparison.Ordinal) == false;

    public string Api => (BaseUrl ?? (IsLive ? "https://api.creem.io" : "https://test-api.creem.io")).TrimEnd('/');

    public string LinkTo(string product) =>
        $"{(LinkUrl ?? (IsLive ? "https://www.creem.io/payment" : "https://www.creem.io/test/payment")).TrimEnd('/')}/{Uri.EscapeDataString(product)}";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[] { (nameof(BaseUrl), BaseUrl), (nameof(LinkUrl), LinkUrl) })
        {
            if (value is not null && (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Query != "" || url.Fragment != ""))
            {
                yield return new("must be an address without a query, e.g. https://api.creem.io.", [name]);
            }
        }

        if (ApiKey is { Length: > 0 } key && key.Any(c => c is < '!' or > '~'))
        {
            yield return new("has a character that is in no key of Creem's. Copy it anew from the dashboard.", [nameof(ApiKey)]);
        }
    }
}
