using System.Text.Json.Nodes;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Creem;

/// <summary>Orders, transactions, refunds, disputes.</summary>
internal sealed class CreemMoney(CreemWorld world)
{
    public JsonObject Order(JsonObject checkout, JsonObject product, long amount, bool recurring)
    {
        var tax = CreemWorld.TaxOn(product, amount);
        return world.Add(new JsonObject
        {
            ["id"] = CreemWorld.NewId("ord"), ["object"] = "order", ["mode"] = CreemWorld.Mode, ["customer"] = (string?)checkout["customer"], ["product"] = (string?)product["id"], ["amount"] = amount,
            ["sub_total"] = amount, ["tax_amount"] = tax, ["discount_amount"] = 0L, ["amount_due"] = amount + tax, ["amount_paid"] = amount + tax, ["currency"] = (string?)product["currency"],
            ["status"] = "paid", ["type"] = recurring ? "recurring" : "onetime", ["created_at"] = world.Now, ["updated_at"] = world.Now,
        });
    }

    /// <summary>The money is there.</summary>
    /// <param name="checkout">Null for a renewal.</param>
    public JsonObject Receive(JsonObject? checkout, JsonObject order, JsonObject? subscription)
    {
        var made = world.Add(new JsonObject
        {
            ["id"] = CreemWorld.NewId("tran"), ["object"] = "transaction", ["mode"] = CreemWorld.Mode, ["amount"] = (long)order["amount"]!, ["amount_paid"] = (long)order["amount_paid"]!,
            ["currency"] = (string?)order["currency"], ["type"] = subscription is null ? "payment" : "invoice", ["tax_country"] = "NL", ["tax_amount"] = (long)order["tax_amount"]!, ["status"] = "paid",
            ["refunded_amount"] = 0L, ["order"] = (string)order["id"]!, ["customer"] = (string?)order["customer"], ["description"] = (string?)order["product"], ["created_at"] = world.NowMs,
        });
        if (subscription is not null) made["subscription"] = (string)subscription["id"]!;
        order["transaction"] = (string)made["id"]!;
        world.Book.Enter(new Payment("creem", (string)made["id"]!, (string?)checkout?["request_id"], (string?)subscription?["id"], null, (long)made["amount_paid"]!,
            ((string)order["currency"]!).ToLowerInvariant(), 0, 0, world.NowMs / 1000));
        return made;
    }

    /// <summary>Gives back all that is left, or a part as the dashboard can.</summary>
    public JsonObject Refund(string? transactionId, long? amount)
    {
        var transaction = world.Need(transactionId, "transaction");
        var left = (long)transaction["amount_paid"]! - (long)transaction["refunded_amount"]!;
        if (left == 0 || (string?)transaction["status"] == "chargedBack") throw CreemRefusal.Bad("Transaction can not be refunded");
        if (amount is < 1 || amount > left) throw CreemRefusal.Bad("Refund amount is greater than what is left");
        var status = world.NextRefund ?? "succeeded";
        world.NextRefund = null;
        var made = world.Add(new JsonObject
        {
            ["id"] = CreemWorld.NewId("ref"), ["object"] = "refund", ["mode"] = CreemWorld.Mode, ["status"] = status, ["refund_amount"] = amount ?? left, ["refund_currency"] = (string?)transaction["currency"],
            ["reason"] = "requested_by_customer", ["created_at"] = world.NowMs, ["transaction"] = (string)transaction["id"]!,
        });
        if (status == "succeeded") Count(transaction, amount ?? left);
        world.Emit("refund.created", About(made, transaction));
        return made;
    }

    /// <summary>A refund that was pending has worked, or not. Nobody is told.</summary>
    public JsonObject EndRefund(string? id, string status)
    {
        var refund = world.Need(id, "refund");
        if ((string?)refund["status"] != "pending") return refund;
        refund["status"] = status;
        if (status == "succeeded") Count(world.Need((string?)refund["transaction"], "transaction"), (long)refund["refund_amount"]!);
        return refund;
    }

    public JsonObject Dispute(string? transactionId, long? amount)
    {
        var transaction = world.Need(transactionId, "transaction");
        var made = world.Add(new JsonObject
        {
            ["id"] = CreemWorld.NewId("disp"), ["object"] = "dispute", ["mode"] = CreemWorld.Mode, ["amount"] = amount ?? (long)transaction["amount_paid"]!, ["currency"] = (string?)transaction["currency"],
            ["created_at"] = world.NowMs, ["transaction"] = (string)transaction["id"]!,
        });
        transaction["status"] = "chargedBack";
        world.Book.Change((string)transaction["id"]!, payment => payment with { Disputed = (long)made["amount"]! });
        world.Emit("dispute.created", About(made, transaction));
        return made;
    }

    private void Count(JsonObject transaction, long amount)
    {
        var all = (long)transaction["refunded_amount"]! + amount;
        (transaction["refunded_amount"], transaction["status"]) = (all, all == (long)transaction["amount_paid"]! ? "refunded" : "partialRefund");
        world.Book.Change((string)transaction["id"]!, payment => payment with { Refunded = all });
    }

    private JsonObject About(JsonObject it, JsonObject transaction)
    {
        var about = world.With(it, "transaction");
        if (world.Find((string?)transaction["order"], "order") is { } order) about["order"] = order.DeepClone();
        if (world.Find((string?)transaction["customer"], "customer") is { } customer) about["customer"] = customer.DeepClone();
        if (world.Find((string?)transaction["subscription"], "subscription") is { } subscription) about["subscription"] = subscription.DeepClone();
        if (world.All("checkout").FirstOrDefault(each => (string?)each["order"] == (string?)transaction["order"]) is { } checkout)
        {
            var copy = checkout.DeepClone().AsObject();
            copy.Remove("product"); // left out there, says the description
            about["checkout"] = copy;
        }
        return about;
    }
}
