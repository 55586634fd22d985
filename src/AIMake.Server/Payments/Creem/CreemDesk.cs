using AIMake.Catalog;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Creem;

/// <summary>
/// Sells through Creem in the best way there is at the moment: with an order written down first; without one when the database is away, who
/// buys what travelling sealed; by the product's own lasting link when Creem's API does not answer either.
/// See <c>docs/decisions/0023-selling-without-a-database.md</c>.
/// </summary>
internal sealed class CreemDesk(OrderDesk orders, CreemProvider creem, CreemOptions options, LiveCatalog catalog, TimeProvider time, ILogger<CreemDesk> log)
{
    /// <summary>The advanced way, and the next best when it cannot. Faults: as <see cref="OrderDesk.OpenAsync"/>.</summary>
    public async Task<Outcome<CreemCheckoutView>> OpenAsync(Guid user, CheckoutRequest body, IdempotencyKey key, CancellationToken ct)
    {
        try
        {
            if ((await orders.OpenAsync(CreemProvider.ProviderName, user, body, key, ct)).TryGet(out var view, out var fault))
            {
                return new CreemCheckoutView(view.OrderId, view.CheckoutUrl, CreemWays.Order, null);
            }

            return fault.Code == FaultCodes.PaymentProviderFailed && Read(body).TryGet(out var item, out _) ? ByLink(item, fault) : fault;
        }
        catch (DatabaseFaultException e)
        {
            PaymentsLog.SoldSimply(log, e.Fault.Code.Code);
            return await SellAsync(user, body, "database", ct);
        }
    }

    /// <summary>The simple way: touches no database. Faults: PAYMENT_NOT_CONFIGURED, PACKAGE_UNKNOWN, PAYMENT_PROVIDER_FAILED.</summary>
    /// <param name="because">What kept an order from being written down; null when nobody tried.</param>
    public async Task<Outcome<CreemCheckoutView>> SellAsync(Guid user, CheckoutRequest body, string? because, CancellationToken ct)
    {
        if (!creem.IsConfigured)
        {
            return new Fault(FaultCodes.PaymentNotConfigured, CreemProvider.ProviderName);
        }

        if (!Read(body).TryGet(out var item, out var fault))
        {
            return fault;
        }

        var sale = new Sale(Guid.CreateVersion7(time.GetUtcNow()), user, item.Product);
        return (await creem.OpenAsync(sale, item.Plan, null, ct)).TryGet(out var page, out fault)
            ? new CreemCheckoutView(sale.OrderId, page.Url, CreemWays.Simple, because)
            : ByLink(item, fault);
    }

    /// <summary>A plan needs to know its subscriber from the first; a package can be matched by who paid.</summary>
    private Outcome<CreemCheckoutView> ByLink(Item item, Fault fault) =>
        item.Plan is null ? new CreemCheckoutView(null, options.LinkTo(item.Product), CreemWays.Link, "provider") : fault;

    private Outcome<Item> Read(CheckoutRequest body)
    {
        var (snapshot, field) = (catalog.Current, body.PlanId is null ? "packageId" : "planId");
        if (body is { PackageId: not null, PlanId: not null })
        {
            return Fault.Invalid("planId", new Said("packageId is given", "已指定 packageId"));
        }

        if ((body.PackageId ?? body.PlanId) is not { } id)
        {
            return new Fault(FaultCodes.FieldRequired, "packageId") { Field = "packageId" };
        }

        var product = body.PlanId is null ? snapshot.Packages.FirstOrDefault(p => p.Id == id)?.CreemProduct : snapshot.Plans.FirstOrDefault(p => p.Id == id)?.CreemProduct;
        return product is null ? new Fault(FaultCodes.PackageUnknown, id.Length <= 64 ? id : id[..64] + "…") { Field = field } : new Item(product, body.PlanId);
    }

    /// <param name="Plan">Our name of it; null for a package.</param>
    private sealed record Item(string Product, string? Plan);
}

/// <summary>How a purchase will find its buyer.</summary>
internal static class CreemWays
{
    public const string Order = "order";
    public const string Simple = "simple";
    public const string Link = "link";
}

/// <summary>Where to pay.</summary>
/// <param name="OrderId">Ask for it under <c>/api/payments/orders/{id}</c>; of the simple way it is known there once the money has come. Null for the way <c>link</c>.</param>
/// <param name="CheckoutUrl">Creem's page.</param>
/// <param name="Way"><c>order</c>: written down first. <c>simple</c>: matched by the order's id that travels along. <c>link</c>: matched by the e-mail address paid with, which must be the account's own and confirmed.</param>
/// <param name="Because">Why it is not <c>order</c>: <c>database</c> or <c>provider</c> could not; null when it was asked for.</param>
public sealed record CreemCheckoutView(Guid? OrderId, string CheckoutUrl, string Way, string? Because);
