using System.Text.Json.Nodes;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Stripe;

/// <summary>Money that came in and went back: payment intents, charges, refunds, disputes.</summary>
internal sealed class StripeMoney(StripeWorld world)
{
    private static readonly string[] Reasons = ["fraudulent", "product_not_received", "general", "duplicate", "credit_not_processed", "subscription_canceled", "product_unacceptable", "unrecognized"];

    /// <summary>A payment that somebody means to make.</summary>
    /// <param name="of">A session or an invoice: its amount, currency and customer.</param>
    public JsonObject Intent(JsonObject of, JsonObject metadata, string status) => world.Add(new JsonObject
    {
        ["id"] = StripeWorld.NewId("pi"), ["object"] = "payment_intent", ["amount"] = (long)(of["amount_total"] ?? of["amount_due"])!, ["amount_received"] = 0L, ["created"] = world.Now,
        ["currency"] = (string?)of["currency"], ["customer"] = (string?)of["customer"], ["latest_charge"] = null, ["livemode"] = false, ["metadata"] = metadata, ["status"] = status,
    });

    /// <summary>The money is there.</summary>
    /// <param name="order">The seller's id, for the book.</param>
    public JsonObject Receive(JsonObject intent, string? order, string? subscription, string? invoice)
    {
        var amount = (long)intent["amount"]!;
        var charge = world.Add(new JsonObject
        {
            ["id"] = StripeWorld.NewId("ch"), ["object"] = "charge", ["amount"] = amount, ["amount_captured"] = amount, ["amount_refunded"] = 0L, ["captured"] = true, ["created"] = world.Now,
            ["currency"] = (string?)intent["currency"], ["customer"] = (string?)intent["customer"], ["dispute"] = null, ["disputed"] = false, ["livemode"] = false, ["metadata"] = new JsonObject(), ["paid"] = true,
            ["payment_intent"] = (string)intent["id"]!, ["refunded"] = false, ["status"] = "succeeded",
        });
        (intent["status"], intent["amount_received"], intent["latest_charge"]) = ("succeeded", amount, (string)charge["id"]!);
        world.Book.Enter(new Payment("stripe", (string)charge["id"]!, order, subscription, invoice, amount, (string)intent["currency"]!, 0, 0, world.Now));
        world.Emit("payment_intent.succeeded", intent);
        world.Emit("charge.succeeded", charge);
        return charge;
    }

    public JsonObject Refund(JsonObject order)
    {
        var charge = ChargeOf(order);
        var left = (long)charge["amount"]! - (long)charge["amount_refunded"]!;
        if ((bool)charge["disputed"]!) throw StripeRefusal.Bad("charge_disputed", null, $"Charge {charge["id"]} has been charged back; cannot issue a refund.");
        if (left == 0) throw StripeRefusal.Bad("charge_already_refunded", null, $"Charge {charge["id"]} has already been refunded.");
        var amount = (long?)order["amount"] ?? left;
        if (amount < 1) throw StripeRefusal.Bad("parameter_invalid_integer", "amount", "Invalid positive integer");
        if (amount > left) throw StripeRefusal.Bad(null, "amount", $"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).");
        var status = world.NextRefund ?? "succeeded";
        world.NextRefund = null;
        var refund = world.Add(new JsonObject
        {
            ["id"] = StripeWorld.NewId("re"), ["object"] = "refund", ["amount"] = amount, ["charge"] = (string)charge["id"]!, ["created"] = world.Now, ["currency"] = (string?)charge["currency"],
            ["metadata"] = StripeCheckout.Metadata(order["metadata"]), ["payment_intent"] = (string?)charge["payment_intent"], ["reason"] = (string?)order["reason"], ["status"] = status,
        });
        Count(charge, amount);
        world.Emit("refund.created", refund);
        world.Emit("charge.refunded", charge);
        return refund;
    }

    /// <summary>A refund that was pending, or seemed to have worked, ends.</summary>
    /// <param name="status"><c>succeeded</c>, <c>failed</c> or <c>canceled</c>.</param>
    public JsonObject EndRefund(string? id, string status)
    {
        var refund = world.Need(id, "refund");
        if ((string?)refund["status"] is "failed" or "canceled") return refund;
        var charge = world.Need((string?)refund["charge"], "charge");
        world.Change(refund, "refund.updated", () => refund["status"] = status);
        if (status == "succeeded") return refund;
        world.Change(charge, "charge.updated", () => Count(charge, -(long)refund["amount"]!));
        if (status == "failed") world.Emit("refund.failed", refund);
        return refund;
    }

    /// <summary>The customer goes to their bank.</summary>
    /// <param name="inquiry">Only a question so far: no money moves.</param>
    public JsonObject Dispute(string? paymentIntent, long? amount, string? reason, bool inquiry)
    {
        var charge = world.All("charge").FirstOrDefault(each => (string?)each["payment_intent"] == paymentIntent || (string?)each["id"] == paymentIntent)
            ?? throw StripeRefusal.NoSuch("payment_intent", paymentIntent ?? "", "payment_intent");
        if ((bool)charge["disputed"]!) throw StripeRefusal.Bad("charge_disputed", null, "It is disputed already.");
        var dispute = world.Add(new JsonObject
        {
            ["id"] = StripeWorld.NewId("dp"), ["object"] = "dispute", ["amount"] = amount ?? (long)charge["amount"]! - (long)charge["amount_refunded"]!, ["balance_transactions"] = new JsonArray(),
            ["charge"] = (string)charge["id"]!, ["created"] = world.Now, ["currency"] = (string?)charge["currency"], ["is_charge_refundable"] = inquiry, ["livemode"] = false, ["metadata"] = new JsonObject(),
            ["payment_intent"] = (string?)charge["payment_intent"], ["reason"] = Reasons.Contains(reason) ? reason : Reasons[0], ["status"] = inquiry ? "warning_needs_response" : "needs_response",
        });
        (charge["disputed"], charge["dispute"]) = (true, (string)dispute["id"]!);
        world.Emit("charge.dispute.created", dispute);
        if (!inquiry) Withdraw(dispute, charge);
        return dispute;
    }

    /// <param name="outcome"><c>won</c>, <c>lost</c> or, of an inquiry, <c>warning_closed</c>.</param>
    public JsonObject EndDispute(string? id, string outcome)
    {
        var dispute = world.Need(id, "dispute");
        if ((string?)dispute["status"] is "won" or "lost" or "warning_closed") return dispute;
        var charge = world.Need((string?)dispute["charge"], "charge");
        var inquiry = ((string)dispute["status"]!).StartsWith("warning", StringComparison.Ordinal);
        dispute["status"] = inquiry && outcome != "lost" ? "warning_closed" : outcome;
        if (inquiry && outcome == "lost") Withdraw(dispute, charge);
        if (!inquiry && outcome == "won")
        {
            dispute["balance_transactions"]!.AsArray().Add(Movement(dispute, 1));
            world.Book.Change((string)charge["id"]!, payment => payment with { Disputed = payment.Disputed - (long)dispute["amount"]! });
            world.Emit("charge.dispute.funds_reinstated", dispute);
        }
        if (outcome != "lost") charge["disputed"] = false;
        world.Emit("charge.dispute.closed", dispute);
        return dispute;
    }

    private void Withdraw(JsonObject dispute, JsonObject charge)
    {
        dispute["balance_transactions"]!.AsArray().Add(Movement(dispute, -1));
        world.Book.Change((string)charge["id"]!, payment => payment with { Disputed = payment.Disputed + (long)dispute["amount"]! });
        world.Emit("charge.dispute.funds_withdrawn", dispute);
    }

    private static JsonObject Movement(JsonObject dispute, int sign) =>
        new() { ["id"] = StripeWorld.NewId("txn"), ["object"] = "balance_transaction", ["amount"] = sign * (long)dispute["amount"]!, ["currency"] = (string?)dispute["currency"], ["type"] = "adjustment" };

    private void Count(JsonObject charge, long refunded)
    {
        var all = (long)charge["amount_refunded"]! + refunded;
        (charge["amount_refunded"], charge["refunded"]) = (all, all == (long)charge["amount"]!);
        world.Book.Change((string)charge["id"]!, payment => payment with { Refunded = all });
    }

    private JsonObject ChargeOf(JsonObject order)
    {
        if (order["charge"] is null == order["payment_intent"] is null)
        {
            throw order["charge"] is null ? StripeRefusal.Missing("payment_intent") : StripeRefusal.Exclusive("charge", "payment_intent");
        }
        if ((string?)order["charge"] is { } id) return world.Need(id, "charge", "charge");
        var intent = world.Need((string?)order["payment_intent"], "payment_intent", "payment_intent");
        return world.Find((string?)intent["latest_charge"], "charge")
            ?? throw StripeRefusal.Bad("payment_intent_unexpected_state", "payment_intent", "This PaymentIntent does not have a successful charge to refund.");
    }
}
