using System.Globalization;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>Subscriptions and their invoices. A period ends when a control says so, never by itself.</summary>
internal sealed class StripeSubscriptions(StripeWorld world, StripeMoney money)
{
    private const long DunningPause = 3 * 24 * 60 * 60;

    /// <summary>Begins the subscription that a session has sold.</summary>
    public void Begin(JsonObject session, JsonObject order, JsonArray lines)
    {
        var data = order["subscription_data"] as JsonObject;
        var trial = (long?)data?["trial_period_days"] is > 0 and var days ? days * 24 * 60 * 60 : 0;
        var (now, price) = (world.Now, lines.First(line => line!["price"]!["recurring"] is not null)!["price"]!.AsObject());
        var id = StripeWorld.NewId("sub");
        var subscription = world.Add(new JsonObject
        {
            ["id"] = id, ["object"] = "subscription", ["billing_cycle_anchor"] = now + trial, ["billing_mode"] = new JsonObject { ["type"] = "flexible" }, ["cancel_at"] = null,
            ["cancel_at_period_end"] = false, ["canceled_at"] = null, ["cancellation_details"] = new JsonObject { ["comment"] = null, ["feedback"] = null, ["reason"] = null },
            ["collection_method"] = "charge_automatically", ["created"] = now, ["currency"] = (string?)price["currency"], ["customer"] = (string?)session["customer"], ["ended_at"] = null,
            ["items"] = StripeWorld.List($"/v1/subscription_items?subscription={id}", lines.Where(line => line!["price"]!["recurring"] is not null).Select(line => Item(id, line!.AsObject(), now, trial))),
            ["latest_invoice"] = null, ["livemode"] = false, ["metadata"] = StripeCheckout.Metadata(data?["metadata"]), ["start_date"] = now, ["status"] = "incomplete",
            ["trial_start"] = trial > 0 ? now : null, ["trial_end"] = trial > 0 ? now + trial : null,
        });
        world.Emit("customer.subscription.created", subscription);
        session["subscription"] = id;
        var items = Items(subscription);
        var invoice = Bill(subscription, "subscription_create", trial > 0 ? 0 : Amount(subscription), items[0], proration: false, session["total_details"]);
        Pay(invoice, (string?)session["client_reference_id"]);
        world.Change(subscription, "customer.subscription.updated", () => subscription["status"] = trial > 0 ? "trialing" : "active");
        (session["invoice"], session["payment_status"]) = ((string)invoice["id"]!, trial > 0 ? "no_payment_required" : "paid");
    }

    public JsonObject Update(string? id, JsonObject order)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] is "canceled" or "incomplete_expired") throw StripeRefusal.Bad("resource_missing", "id", "A canceled subscription can only update its cancellation_details and metadata.");
        world.Change(it, "customer.subscription.updated", () =>
        {
            if (order["cancel_at_period_end"] is { } atEnd) CancelAtEnd(it, (bool)atEnd);
            if (order.ContainsKey("cancel_at")) CancelAt(it, order["cancel_at"]);
            // One change: an invoice that comes of the items shows the metadata that came with them.
            if (order["metadata"] is JsonObject given) Merge(it["metadata"]!.AsObject(), given);
            if (order["items"] is JsonArray changes) ChangeItems(it, changes, (string?)order["proration_behavior"] ?? "create_prorations");
        });
        return it;
    }

    /// <summary>Ends it now.</summary>
    public JsonObject Cancel(string? id, string? comment, string reason = "cancellation_requested")
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] == "canceled") throw StripeRefusal.NoSuch("subscription", id!);
        (it["status"], it["canceled_at"], it["ended_at"]) = ("canceled", (long?)it["canceled_at"] ?? world.Now, world.Now);
        it["cancellation_details"] = new JsonObject { ["comment"] = comment, ["feedback"] = null, ["reason"] = reason };
        world.Emit("customer.subscription.deleted", it);
        return it;
    }

    /// <summary>As the customer's portal does in the flexible mode: a time, and the flag left alone.</summary>
    public JsonObject CancelInPortal(string? id) => Scheduled(id, it => (it["cancel_at"], it["canceled_at"]) = (EndOf(it), world.Now));

    public JsonObject ResumeInPortal(string? id) => Scheduled(id, it => (it["cancel_at"], it["cancel_at_period_end"], it["canceled_at"]) = (null, false, null));

    /// <summary>The period ends: it is paid for anew, or ends when that was asked for.</summary>
    /// <param name="pays">Whether the card still works.</param>
    public JsonObject Renew(string? id, bool pays)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] is "canceled" or "unpaid") return it;
        if ((bool)it["cancel_at_period_end"]! || (long?)it["cancel_at"] <= EndOf(it)) return Cancel(id, null);
        var items = Items(it);
        world.Change(it, "customer.subscription.updated", () =>
        {
            foreach (var item in items)
            {
                var (start, end) = ((long)item["current_period_end"]!, Next(item, (long)it["billing_cycle_anchor"]!));
                (item["current_period_start"], item["current_period_end"]) = (start, end);
            }
            it["status"] = pays ? "active" : "past_due";
        });
        var invoice = Bill(it, "subscription_cycle", Amount(it), items[0], proration: false);
        if (pays) Pay(invoice, null);
        else Fail(invoice);
        return it;
    }

    /// <summary>The card works again: what is owed is paid.</summary>
    public JsonObject Recover(string? id)
    {
        var it = world.Need(id, "subscription");
        if (world.Find((string?)it["latest_invoice"], "invoice") is not { } invoice || (string?)invoice["status"] != "open") return it;
        Pay(invoice, null);
        world.Change(it, "customer.subscription.updated", () => it["status"] = "active");
        return it;
    }

    /// <summary>The last try has failed.</summary>
    public JsonObject GiveUp(string? id, bool cancel)
    {
        var it = world.Need(id, "subscription");
        if (cancel) return Cancel(id, null, "payment_failed");
        world.Change(it, "customer.subscription.updated", () => it["status"] = "unpaid");
        return it;
    }

    public static long EndOf(JsonObject subscription) => (long)subscription["items"]!["data"]![0]!["current_period_end"]!;

    private static JsonObject[] Items(JsonObject subscription) => [.. subscription["items"]!["data"]!.AsArray().Select(item => item!.AsObject())];

    private static long Amount(JsonObject subscription) => Items(subscription).Sum(item => (long)item["quantity"]! * (long)item["price"]!["unit_amount"]!);

    private static JsonObject Item(string subscription, JsonObject line, long now, long trial)
    {
        var item = new JsonObject
        {
            ["id"] = StripeWorld.NewId("si"), ["object"] = "subscription_item", ["created"] = now, ["current_period_start"] = now, ["current_period_end"] = now + trial,
            ["metadata"] = new JsonObject(), ["price"] = line["price"]!.DeepClone(), ["quantity"] = (long)line["quantity"]!, ["subscription"] = subscription,
        };
        if (trial == 0) item["current_period_end"] = Next(item, now);
        return item;
    }

    /// <summary>The end of the period after this one, counted from the anchor: 31 January, 28 February, 31 March.</summary>
    private static long Next(JsonObject item, long anchor)
    {
        var (from, first) = ((long)item["current_period_end"]!, DateTimeOffset.FromUnixTimeSeconds(anchor));
        var (interval, count) = ((string)item["price"]!["recurring"]!["interval"]!, (int)((long?)item["price"]!["recurring"]!["interval_count"] ?? 1));
        for (var step = 1; ; step++)
        {
            var end = interval switch
            {
                "day" => first.AddDays(step * count),
                "week" => first.AddDays(7 * step * count),
                "year" => first.AddYears(step * count),
                _ => first.AddMonths(step * count),
            };
            if (end.ToUnixTimeSeconds() > from) return end.ToUnixTimeSeconds();
        }
    }

    private static void Merge(JsonObject metadata, JsonObject given)
    {
        foreach (var (name, value) in given)
        {
            if (value is null) metadata.Remove(name);
            else metadata[name] = value.DeepClone();
        }
    }

    private JsonObject Scheduled(string? id, Action<JsonObject> change)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] != "canceled") world.Change(it, "customer.subscription.updated", () => change(it));
        return it;
    }

    private void CancelAtEnd(JsonObject it, bool yes) =>
        (it["cancel_at_period_end"], it["cancel_at"], it["canceled_at"]) = (yes, yes ? EndOf(it) : null, yes ? world.Now : null);

    private void CancelAt(JsonObject it, JsonNode? at)
    {
        long? time = at is null ? null
            : at.GetValueKind() == System.Text.Json.JsonValueKind.Number ? (long)at
            : long.TryParse((string?)at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
            : EndOf(it);
        (it["cancel_at"], it["canceled_at"]) = (time, time is null ? null : world.Now);
    }

    private void ChangeItems(JsonObject it, JsonArray changes, string proration)
    {
        var (before, was) = (Amount(it), Items(it)[0].DeepClone().AsObject());
        foreach (var (change, at) in changes.Select((change, at) => (change!.AsObject(), at)))
        {
            var data = it["items"]!["data"]!.AsArray();
            var item = data.FirstOrDefault(each => (string?)each!["id"] == (string?)change["id"])?.AsObject();
            if (change["id"] is { } id && item is null) throw StripeRefusal.NoSuch("subscription_item", (string)id!, $"items[{at}][id]");
            if (item is null)
            {
                var price = StripePrices.Of(world, change, $"items[{at}]");
                var now = (long)data[0]!["current_period_start"]!;
                data.Add(Item((string)it["id"]!, new JsonObject { ["price"] = price.DeepClone(), ["quantity"] = (long?)change["quantity"] ?? 1 }, now, EndOf(it) - now));
            }
            else if ((bool?)change["deleted"] == true) data.Remove(item);
            else
            {
                if (change["price"] is not null || change["price_data"] is not null) item["price"] = StripePrices.Of(world, change, $"items[{at}]").DeepClone();
                if ((long?)change["quantity"] is { } quantity) item["quantity"] = quantity;
            }
        }
        if (proration == "none" || Amount(it) == before) return;
        var (start, end) = ((long)Items(it)[0]["current_period_start"]!, EndOf(it));
        var (share, unused) = (Left(Amount(it) - before), Left(before));
        if (proration == "always_invoice" && share != 0) Pay(Bill(it, "subscription_update", share + unused, Items(it)[0], proration: true, unused: (was, unused)), null);

        long Left(long amount) => amount * (end - world.Now) / Math.Max(1, end - start);
    }

    /// <summary>One line of an invoice.</summary>
    private JsonObject Line(JsonObject it, string invoice, long amount, JsonObject item, bool proration)
    {
        var (subscription, from) = ((string)it["id"]!, proration ? world.Now : (long)item["current_period_start"]!);
        return new JsonObject
        {
            ["id"] = StripeWorld.NewId("il"), ["object"] = "line_item", ["amount"] = amount, ["currency"] = (string?)it["currency"], ["description"] = (string?)item["price"]!["nickname"], ["invoice"] = invoice,
            ["metadata"] = new JsonObject(),
            ["parent"] = new JsonObject
            {
                ["invoice_item_details"] = null, ["type"] = "subscription_item_details",
                ["subscription_item_details"] = new JsonObject { ["invoice_item"] = null, ["proration"] = proration, ["proration_details"] = null, ["subscription"] = subscription, ["subscription_item"] = (string?)item["id"] },
            },
            ["period"] = new JsonObject { ["start"] = from, ["end"] = (long)item["current_period_end"]! },
            ["pricing"] = new JsonObject
            {
                ["price_details"] = new JsonObject { ["price"] = (string?)item["price"]!["id"], ["product"] = (string?)item["price"]!["product"] }, ["type"] = "price_details",
                ["unit_amount_decimal"] = ((long)item["price"]!["unit_amount"]!).ToString(CultureInfo.InvariantCulture),
            },
            ["quantity"] = (long)item["quantity"]!,
        };
    }

    /// <param name="charged">For the item.</param>
    /// <param name="details">Of the session that began it: its coupon and tax.</param>
    /// <param name="unused">What the item was before a change, and what of its price comes back.</param>
    private JsonObject Bill(JsonObject it, string reason, long charged, JsonObject item, bool proration, JsonNode? details = null, (JsonObject Item, long Amount)? unused = null)
    {
        var (id, subscription) = (StripeWorld.NewId("in"), (string)it["id"]!);
        var (discount, tax) = ((long?)details?["amount_discount"] ?? 0, (long?)details?["amount_tax"] ?? 0);
        var subtotal = charged - (unused?.Amount ?? 0);
        var amount = subtotal - discount + tax;
        var (had, has, due) = Settle(world.Find((string?)it["customer"], "customer"), amount);
        var line = Line(it, id, charged, item, proration);
        JsonObject[] lines = unused is var (was, back) ? [Line(it, id, -back, was, proration), line] : [line];
        var invoice = world.Add(new JsonObject
        {
            ["id"] = id, ["object"] = "invoice", ["amount_due"] = due, ["amount_paid"] = 0L, ["amount_remaining"] = due, ["attempt_count"] = 0L, ["billing_reason"] = reason, ["created"] = world.Now,
            ["currency"] = (string?)it["currency"], ["customer"] = (string?)it["customer"], ["lines"] = StripeWorld.List($"/v1/invoices/{id}/lines", lines), ["livemode"] = false,
            ["metadata"] = new JsonObject(), ["next_payment_attempt"] = null, ["number"] = $"SIM-{id[^6..]}",
            ["parent"] = new JsonObject
            {
                ["quote_details"] = null, ["subscription_details"] = new JsonObject { ["metadata"] = it["metadata"]!.DeepClone(), ["subscription"] = subscription }, ["type"] = "subscription_details",
            },
            ["period_end"] = world.Now, ["period_start"] = world.Now, ["starting_balance"] = had, ["ending_balance"] = has, ["status"] = "open",
            ["status_transitions"] = new JsonObject { ["finalized_at"] = world.Now, ["marked_uncollectible_at"] = null, ["paid_at"] = null, ["voided_at"] = null }, ["subtotal"] = subtotal, ["total"] = amount,
            ["total_discount_amounts"] = discount == 0 ? [] : new JsonArray(new JsonObject { ["amount"] = discount, ["discount"] = "di_simulated" }),
            ["total_taxes"] = tax == 0 ? [] : new JsonArray(new JsonObject { ["amount"] = tax, ["tax_behavior"] = "exclusive", ["taxability_reason"] = "standard_rated" }),
        });
        it["latest_invoice"] = id;
        world.Emit("invoice.created", invoice);
        world.Emit("invoice.finalized", invoice);
        return invoice;
    }

    /// <summary>Uses what the customer has to their credit, a balance below zero, or adds to it.</summary>
    private static (long Had, long Has, long Due) Settle(JsonObject? customer, long amount)
    {
        var had = (long?)customer?["balance"] ?? 0;
        var has = customer is null ? 0 : Math.Min(0, had + amount);
        if (customer is not null) customer["balance"] = has;
        return (had, has, Math.Max(0, amount + had - has));
    }

    private void Pay(JsonObject invoice, string? order)
    {
        var amount = (long)invoice["amount_due"]!;
        (invoice["status"], invoice["amount_paid"], invoice["amount_remaining"], invoice["next_payment_attempt"]) = ("paid", amount, 0L, null);
        (invoice["attempt_count"], invoice["status_transitions"]!["paid_at"]) = ((long)invoice["attempt_count"]! + 1, world.Now);
        if (amount > 0) money.Receive(Payment(invoice, "processing"), order, (string?)invoice["parent"]!["subscription_details"]!["subscription"], (string)invoice["id"]!);
        world.Emit("invoice.paid", invoice);
        world.Emit("invoice.payment_succeeded", invoice);
    }

    private void Fail(JsonObject invoice)
    {
        (invoice["attempt_count"], invoice["next_payment_attempt"]) = ((long)invoice["attempt_count"]! + 1, world.Now + DunningPause);
        Payment(invoice, "requires_payment_method");
        world.Emit("invoice.payment_failed", invoice);
    }

    /// <summary>The payment intent of an invoice, and the row that ties the two.</summary>
    private JsonObject Payment(JsonObject invoice, string status)
    {
        if (world.All("invoice_payment").FirstOrDefault(each => (string?)each["invoice"] == (string?)invoice["id"]) is { } tied)
        {
            tied["status"] = "paid";
            return world.Need((string?)tied["payment"]!["payment_intent"], "payment_intent");
        }
        var intent = money.Intent(invoice, [], status);
        world.Add(new JsonObject
        {
            ["id"] = StripeWorld.NewId("inpay"), ["object"] = "invoice_payment", ["amount_paid"] = (long)invoice["amount_paid"]!, ["amount_requested"] = (long)invoice["amount_due"]!, ["created"] = world.Now,
            ["currency"] = (string?)invoice["currency"], ["invoice"] = (string)invoice["id"]!, ["is_default"] = true, ["livemode"] = false,
            ["payment"] = new JsonObject { ["payment_intent"] = (string)intent["id"]!, ["type"] = "payment_intent" }, ["status"] = status == "processing" ? "paid" : "open",
        });
        return intent;
    }
}
