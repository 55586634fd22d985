using AIMake.Catalog;
using AIMake.Platform.Http;

namespace AIMake.Payments.Creem;

/// <summary>Looks whether Creem is set up: the key, the secret, and each product against the catalog.</summary>
internal sealed class CreemCheck(CreemClient client, CreemOptions options, LiveCatalog catalog, IServiceProvider services)
{
    public async Task<CreemConfigView> RunAsync(CancellationToken ct)
    {
        var sold = catalog.Current.Packages.Select(p => (p.Id, p.CreemProduct, Price: (Money?)p.Price, Recurring: false))
            .Concat(catalog.Current.Plans.Where(p => p.Price is not null).Select(p => (p.Id, p.CreemProduct, p.Price, Recurring: true)));
        var products = new List<CreemProductView>();
        var hasKey = !string.IsNullOrWhiteSpace(options.ApiKey);
        foreach (var (id, product, price, recurring) in sold)
        {
            products.Add(new CreemProductView(id, product, product is null ? "missing" : hasKey ? await CompareAsync(product, price!, recurring, ct) : "unknown"));
        }

        return new CreemConfigView(
            hasKey, SignedWebhooks.Usable(options.WebhookSecret).Count > 0, options.IsLive ? "live" : "test",
            $"{PublicAddress.Of(services)}/api/webhooks/{CreemProvider.ProviderName}", products);
    }

    private async Task<string> CompareAsync(string product, Money price, bool recurring, CancellationToken ct)
    {
        var answer = await client.GetAsync($"/v1/products/{Uri.EscapeDataString(product)}", ct);
        if (answer.Body is not { } found)
        {
            return answer.Status switch
            {
                404 or 400 => "notFound",
                401 or 403 => "keyRefused",
                _ => "unreachable",
            };
        }

        return found.Number("price") != price.Amount || CreemObjects.Currency(found) != price.Currency ? "otherPrice"
            : found.Text("billing_type") == "recurring" != recurring ? "otherKind"
            : found.Text("status") == "archived" ? "archived"
            : "ok";
    }
}

/// <summary>How Creem is set up here.</summary>
/// <param name="ApiKey">Whether there is one.</param>
/// <param name="WebhookSecret">Whether there is one that is long enough.</param>
/// <param name="Mode"><c>live</c> or <c>test</c>, by the key.</param>
/// <param name="WebhookUrl">What to register in Creem's dashboard.</param>
/// <param name="Products">Each thing that is for sale.</param>
public sealed record CreemConfigView(bool ApiKey, bool WebhookSecret, string Mode, string WebhookUrl, IReadOnlyList<CreemProductView> Products);

/// <summary>A package or plan at Creem.</summary>
/// <param name="Item">Our id.</param>
/// <param name="Product">Creem's; null when the catalog names none, and Creem does not sell it.</param>
/// <param name="State"><c>ok</c>, <c>missing</c>, <c>notFound</c>, <c>otherPrice</c>, <c>otherKind</c>, <c>archived</c>, <c>keyRefused</c>, <c>unreachable</c>, <c>unknown</c> (no key to ask with).</param>
public sealed record CreemProductView(string Item, string? Product, string State);
