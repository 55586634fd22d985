using System.Text.Json;

namespace AIMake.Payments.Stripe;

/// <summary>What has to be asked of Stripe because nothing it sends tells it. Null: there is none, or nobody can tell now.</summary>
internal sealed class StripeQuestions(StripeClient client, TimeProvider time)
{
    public async Task<JsonElement?> ChargeAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/charges/{Uri.EscapeDataString(id)}", null, ct)).Body;

    public async Task<JsonElement?> SubscriptionAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/subscriptions/{Uri.EscapeDataString(id)}", null, ct)).Body;

    public async Task<JsonElement?> DisputeAsync(string id, CancellationToken ct) => (await client.GetAsync($"/v1/disputes/{Uri.EscapeDataString(id)}", null, ct)).Body;

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
