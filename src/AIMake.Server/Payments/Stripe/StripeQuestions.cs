using System.Text.Json;
using AIMake.Catalog;

namespace AIMake.Payments.Stripe;

/// <summary>What has to be asked of Stripe because nothing it sends tells it. Null: there is none, or nobody can tell now.</summary>
internal sealed class StripeQuestions(StripeClient client, TimeProvider time)
{
    public async Task<JsonElement?> ChargeAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/charges/{Uri.EscapeDataString(id)}", null, ct)).Body;

    public async Task<JsonElement?> SubscriptionAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/subscriptions/{Uri.EscapeDataString(id)}", null, ct)).Body;

    public async Task<JsonElement?> DisputeAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/disputes/{Uri.EscapeDataString(id)}", null, ct)).Body;

    /// <summary>What a period costs at a price.</summary>
    public async Task<Money?> PriceAsync(string id, CancellationToken ct) =>
        (await client.GetAsync($"/v1/prices/{Uri.EscapeDataString(id)}", null, ct)).Body is { } price && price.Number("unit_amount") is { } amount
            ? new Money(amount, price.NeedText("currency"))
            : null;

    /// <summary>How the subscription of an invoice stands now, and what the invoice was for where that is not what the subscription has.</summary>
    public async Task<IReadOnlyList<PaymentFact>> SoldAsync(PeriodPaid paid, CancellationToken ct)
    {
        var now = paid.Keys.SubscriptionId is { } id && await SubscriptionAsync(id, ct) is { } body ? StripeObjects.Subscription(body, time.GetUtcNow()) : null;
        var sold = now is null || now.Price != paid.Price ? await PricedAsync(paid, ct) : paid;
        return now is null ? [sold] : [now, sold];
    }

    /// <summary>With the price of a whole period, as far as that can be told now.</summary>
    public async Task<PeriodPaid> PricedAsync(PeriodPaid paid, CancellationToken ct) =>
        paid.Price is { } price ? paid with { FullPrice = await PriceAsync(price, ct) } : paid;

    /// <summary>Which invoice a payment paid: notices of invoices do not name their payment.</summary>
    /// <param name="payment">Of a payment intent.</param>
    public Task<PaymentNamed?> InvoiceOfAsync(string payment, CancellationToken ct) =>
        NameAsync(new StripeForm().Add("payment[type]", "payment_intent").Add("payment[payment_intent]", payment), ct);

    /// <summary>Which payment paid an invoice.</summary>
    /// <param name="invoice">Its id.</param>
    public Task<PaymentNamed?> PaymentOfAsync(string invoice, CancellationToken ct) => NameAsync(new StripeForm().Add("invoice", invoice), ct);

    private async Task<PaymentNamed?> NameAsync(StripeForm query, CancellationToken ct)
    {
        var answer = await client.GetAsync("/v1/invoice_payments", query, ct);
        var row = answer.Body?.Member("data") is { ValueKind: JsonValueKind.Array } rows ? rows.EnumerateArray().FirstOrDefault() : default;
        return row.Id("invoice") is { } invoice && row.Member("payment")?.Id("payment_intent") is { } payment
            ? new PaymentNamed(StripeObjects.InvoiceReference(invoice), payment, time.GetUtcNow())
            : null;
    }
}
