using System.Text.Json;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Creem;

/// <summary>Creem's events. They carry no time that could be checked, so their ids are kept for ever.</summary>
internal sealed class CreemWebhooks(CreemOptions options, CreemClient client, CreemObjects objects, TimeProvider time) : SignedWebhooks(options.WebhookSecret)
{
    public override string Provider => CreemProvider.ProviderName;

    /// <summary>Asks how a transaction stands whose refund was still pending.</summary>
    public override async Task<IReadOnlyList<PaymentFact>> ReadThoroughlyAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var facts = new List<PaymentFact>();
        foreach (var fact in Read(body))
        {
            var told = fact is ProviderMustTell { Id: var id } ? await client.GetAsync($"/v1/transactions?transaction_id={Uri.EscapeDataString(id)}", ct) : default;
            facts.Add(told.Body is { } transaction ? CreemObjects.Refunded(transaction, time.GetUtcNow()) ?? fact : fact);
        }

        return facts;
    }

    protected override IReadOnlyList<PaymentFact> Facts(JsonElement e)
    {
        var at = CreemObjects.Milliseconds(e, "created_at") ?? throw new JsonException("'created_at' is missing", "$.created_at", null, null);
        if (e.Member("object") is not { ValueKind: JsonValueKind.Object } o)
        {
            return [];
        }

        return e.Text("eventType") switch
        {
            "checkout.completed" => objects.Checkout(o, at),
            CreemFound.SaleType => [CreemFound.Sale(o, at)],
            CreemFound.PeriodType => objects.Subscription(o, null, at),
            "refund.created" => CreemObjects.Refund(o, at),
            "dispute.created" => CreemObjects.Dispute(o, at),
            "subscription.active" or "subscription.paid" or "subscription.trialing" or "subscription.update" or "subscription.past_due" or "subscription.unpaid" or
                "subscription.expired" or "subscription.paused" or "subscription.scheduled_cancel" or "subscription.canceled" =>
                objects.Subscription(o, e.Text("eventType"), at),
            _ => [],
        };
    }

    protected override Fault? Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now) =>
        CreemSignature.Check(headers, body, secrets, now);

    protected override Outcome<SignedEvent> Outside(JsonElement e)
    {
        if (e.ValueKind is not JsonValueKind.Object || e.Text("id") is not { Length: > 0 and <= 255 } id || e.Text("eventType") is not { Length: > 0 and <= 200 } type)
        {
            return Fault.Invalid(new Said("not an event", "不是事件"));
        }

        if (CreemObjects.Milliseconds(e, "created_at") is not { } at)
        {
            return Fault.Invalid("created_at", Said.WrongType);
        }

        // A purchase of the test world is no money in the real one, nor the reverse.
        var mode = e.Member("object")?.Text("mode");
        return new SignedEvent(id, type, at, IsForeign: options.IsLive ? mode is "test" or "sandbox" or "local" : mode is "prod");
    }
}
