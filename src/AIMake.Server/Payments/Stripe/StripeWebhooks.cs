using System.Text.Json;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Stripe;

/// <summary>Stripe's events, of the version in <see cref="StripeOptions.Version"/> and, as far as they are understood, of others.</summary>
internal sealed class StripeWebhooks(StripeOptions options, StripeClient client, StripeQuestions ask, TimeProvider time, ILogger<StripeWebhooks> log)
    : SignedWebhooks(options.WebhookSecret)
{
    public override string Provider => StripeProvider.ProviderName;

    /// <summary>
    /// Asks for the invoice behind a payment, the charge behind a refund, what an invoice was for, and how a subscription stands now: events do not tell.
    /// </summary>
    public override async Task<IReadOnlyList<PaymentFact>> ReadThoroughlyAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var facts = new List<PaymentFact>();
        foreach (var fact in Read(body))
        {
            if (fact is PeriodPaid period)
            {
                facts.AddRange(await ask.SoldAsync(period, ct));
                continue;
            }

            var known = fact switch
            {
                ProviderMustTell { Id: var charge } => await ChargeAsync(charge, ct),
                SubscriptionSeen { Id: var subscription } => await SubscriptionAsync(subscription, ct) ?? fact,
                _ => fact,
            };
            if (known is MoneyRefunded { PaymentId: var payment } && await ask.InvoiceOfAsync(payment, ct) is { } refunded)
            {
                facts.Add(refunded);
            }
            else if (known is MoneyDisputed { PaymentId: var disputedPayment } && await ask.InvoiceOfAsync(disputedPayment, ct) is { } disputed)
            {
                facts.Add(disputed);
            }

            facts.Add(known);
        }

        return facts;
    }

    /// <summary>Events Stripe could not bring, oldest first: it lists them for a month.</summary>
    /// <exception cref="StripeListException">They cannot be listed.</exception>
    public override async Task<IReadOnlyList<MissedEvent>> MissedAsync(DateTimeOffset since, CancellationToken ct)
    {
        var missed = new List<MissedEvent>();
        StripeForm Undelivered() => new StripeForm().Add("delivery_success", false).Add("created[gte]", since.ToUnixTimeSeconds());
        await foreach (var e in client.ListAsync("/v1/events", Undelivered, ct))
        {
            if (Outside(e) is { Ok: true, Value: { IsForeign: false } signed })
            {
                missed.Add(new MissedEvent(signed, JsonSerializer.SerializeToUtf8Bytes(e)));
            }
        }

        missed.Reverse();
        return missed;
    }

    protected override IReadOnlyList<PaymentFact> Facts(JsonElement e)
    {
        var at = e.Time("created") ?? throw new JsonException("'created' is missing", "$.created", null, null);
        if (e.Member("data", "object") is not { ValueKind: JsonValueKind.Object } o)
        {
            return [];
        }

        return e.Text("type") switch
        {
            "checkout.session.completed" or "checkout.session.async_payment_succeeded" or "checkout.session.expired" => StripeObjects.Session(o, at),
            "checkout.session.async_payment_failed" => StripeObjects.Session(o, at, asyncFailed: true),
            "invoice.paid" => StripeObjects.Invoice(o, at),
            "customer.subscription.created" or "customer.subscription.updated" or "customer.subscription.deleted" or "customer.subscription.paused" or "customer.subscription.resumed" =>
                [StripeObjects.Subscription(o, at) with { IsCoarse = true }],
            "charge.refunded" => [StripeObjects.Charge(o, at)],
            // Says nothing of the sum; the charge does. A refund that succeeds also sends the charge itself.
            "refund.failed" or "refund.updated" or "charge.refund.updated" when o.Text("status") is "failed" or "canceled" && o.Id("charge") is { } charge =>
                [new ProviderMustTell("charge", charge, at)],
            "charge.dispute.created" or "charge.dispute.updated" or "charge.dispute.closed" or "charge.dispute.funds_withdrawn" or "charge.dispute.funds_reinstated" =>
                [StripeObjects.Dispute(o, at)],
            _ => [],
        };
    }

    protected override Fault? Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now) =>
        StripeSignature.Check([.. headers[StripeSignature.Header].OfType<string>()], body, secrets, now);

    protected override Outcome<SignedEvent> Outside(JsonElement e)
    {
        if (e.ValueKind is not JsonValueKind.Object || e.Text("object") != "event" || e.Text("id") is not { Length: > 0 and <= 255 } id
            || e.Text("type") is not { Length: > 0 and <= 200 } type)
        {
            return Fault.Invalid(new Said("not an event", "不是事件"));
        }

        if (e.Time("created") is not { } at)
        {
            return Fault.Invalid("created", Said.WrongType);
        }

        if (e.Text("api_version") is { } version && Train(version) != Train(StripeOptions.Version))
        {
            PaymentsLog.OtherVersion(log, Provider, version.Length > 40 ? version[..40] : version);
        }

        return new SignedEvent(id, type, at, IsForeign: e.Flag("livemode") != options.IsLive);
    }

    /// <summary>Within a train (<c>endive</c>) versions only add.</summary>
    private static string Train(string version) => version[(version.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private async Task<PaymentFact> ChargeAsync(string charge, CancellationToken ct) =>
        await ask.ChargeAsync(charge, ct) is { } body ? StripeObjects.Charge(body, time.GetUtcNow()) : new ProviderMustTell("charge", charge, time.GetUtcNow());

    /// <summary>As it is now, whatever was told; null when nobody can tell.</summary>
    private async Task<PaymentFact?> SubscriptionAsync(string id, CancellationToken ct) =>
        await ask.SubscriptionAsync(id, ct) is { } body ? StripeObjects.Subscription(body, time.GetUtcNow()) : null;
}
