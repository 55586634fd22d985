using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>Customers and checkout sessions: making one, and what a customer does on its page.</summary>
internal sealed class StripeCheckout(StripeWorld world, StripeMoney money, StripeSubscriptions subscriptions)
{
    private const long Shortest = 30 * 60;
    private const long Longest = 24 * 60 * 60;
    private const long SmallestAmount = 50;

    public JsonObject MakeCustomer(JsonObject order)
    {
        if ((string?)order["email"] is { } email && !email.Contains('@', StringComparison.Ordinal)) throw StripeRefusal.Bad("email_invalid", "email", $"Invalid email address: {email}");
        var made = world.Add(new JsonObject
        {
            ["id"] = StripeWorld.NewId("cus"), ["object"] = "customer", ["balance"] = 0L, ["created"] = world.Now, ["currency"] = null, ["delinquent"] = false,
            ["description"] = (string?)order["description"], ["email"] = (string?)order["email"], ["livemode"] = false, ["metadata"] = Metadata(order["metadata"]), ["name"] = (string?)order["name"],
        });
        world.Emit("customer.created", made);
        return made;
    }

    /// <param name="pages">Address of the hosted pages, without a trailing slash.</param>
    public JsonObject MakeSession(JsonObject order, string pages)
    {
        var mode = (string?)order["mode"] ?? throw StripeRefusal.Missing("mode");
        if (mode == "setup") throw StripeRefusal.Bad(null, "mode", "The simulator sells; it does not set up payment methods.");
        if (order["ui_mode"] is { } ui && (string?)ui != "hosted_page") throw StripeRefusal.Bad(null, "ui_mode", "The simulator has hosted pages only.");
        var recurring = mode == "subscription";
        Check(order, recurring);
        var lines = Items(order, recurring);
        var id = StripeWorld.NewId("cs_test");
        var total = lines.Sum(line => (long)line!["amount_total"]!);
        var trial = recurring && (long?)order["subscription_data"]?["trial_period_days"] > 0;
        if (!recurring && total < SmallestAmount) throw StripeRefusal.Bad("amount_too_small", null, "The Checkout Session's total amount must convert to at least 50 cents.");
        world.Lines[id] = lines;
        world.Orders[id] = order.DeepClone().AsObject();
        return world.Add(new JsonObject
        {
            ["id"] = id, ["object"] = "checkout.session", ["amount_subtotal"] = trial ? 0 : total, ["amount_total"] = trial ? 0 : total, ["cancel_url"] = (string?)order["cancel_url"],
            ["client_reference_id"] = (string?)order["client_reference_id"], ["created"] = world.Now, ["currency"] = (string?)lines[0]!["currency"], ["customer"] = (string?)order["customer"],
            ["customer_details"] = null, ["customer_email"] = (string?)order["customer_email"], ["expires_at"] = (long?)order["expires_at"] ?? world.Now + Longest, ["invoice"] = null,
            ["livemode"] = false, ["locale"] = (string?)order["locale"], ["metadata"] = Metadata(order["metadata"]), ["mode"] = mode, ["payment_intent"] = null, ["payment_status"] = "unpaid",
            ["status"] = "open", ["subscription"] = null, ["success_url"] = (string?)order["success_url"],
            ["total_details"] = new JsonObject { ["amount_discount"] = 0L, ["amount_shipping"] = 0L, ["amount_tax"] = 0L }, ["ui_mode"] = "hosted_page", ["url"] = $"{pages}/{id}",
        });
    }

    /// <summary>Closes one whose time is over.</summary>
    public JsonObject Session(string? id)
    {
        var session = world.Need(id, "checkout.session");
        if ((string?)session["status"] == "open" && (long)session["expires_at"]! <= world.Now) Expire(session);
        return session;
    }

    public JsonObject ExpireSession(string? id)
    {
        var session = Session(id);
        if ((string?)session["status"] != "open") throw StripeRefusal.Bad(null, "session", "Only Checkout Sessions with a status in [\"open\"] can be expired.");
        return Expire(session);
    }

    /// <summary>The customer pays: at once, or with a method whose money comes later.</summary>
    /// <param name="email">What they typed; null for what is known of them.</param>
    public JsonObject Pay(string? id, bool atOnce, string? email = null)
    {
        var session = Session(id);
        if ((string?)session["status"] != "open") return session; // a second click
        var order = world.Orders[(string)session["id"]!];
        var known = world.Find((string?)session["customer"], "customer");
        (session["status"], session["url"]) = ("complete", null);
        email = (string?)known?["email"] ?? (string?)session["customer_email"] ?? email ?? "guest@example.org";
        session["customer_details"] = new JsonObject { ["address"] = null, ["email"] = email, ["name"] = (string?)known?["name"], ["phone"] = null, ["tax_exempt"] = "none" };
        if (known is null && ((string?)session["mode"] == "subscription" || (string?)order["customer_creation"] == "always"))
        {
            session["customer"] = (string)MakeCustomer(new JsonObject { ["email"] = email })["id"]!;
        }
        if ((string?)session["mode"] == "subscription") subscriptions.Begin(session, order, world.Lines[(string)session["id"]!]);
        else PayOnce(session, order, atOnce);
        world.Emit("checkout.session.completed", session);
        return session;
    }

    /// <summary>A coupon the buyer used, and the tax of where they live: what is paid is neither the price nor a lie about it.</summary>
    public void Reckon(string? id, long discount, long tax)
    {
        var session = Session(id);
        if ((string?)session["status"] != "open" || (discount == 0 && tax == 0)) return;
        session["amount_total"] = (long)session["amount_subtotal"]! - discount + tax;
        session["total_details"] = new JsonObject { ["amount_discount"] = discount, ["amount_shipping"] = 0L, ["amount_tax"] = tax };
    }

    /// <summary>The money of a delayed method comes, or does not.</summary>
    public JsonObject Settle(string? id, bool comes)
    {
        var session = world.Need(id, "checkout.session");
        if (world.Find((string?)session["payment_intent"], "payment_intent") is not { } intent || (string?)intent["status"] != "processing") return session;
        if (comes)
        {
            money.Receive(intent, (string?)session["client_reference_id"], null, null);
            session["payment_status"] = "paid";
        }
        else
        {
            intent["status"] = "requires_payment_method";
            world.Emit("payment_intent.payment_failed", intent);
        }
        world.Emit(comes ? "checkout.session.async_payment_succeeded" : "checkout.session.async_payment_failed", session);
        return session;
    }

    /// <summary>The card is declined; the session stays open for another try.</summary>
    public JsonObject Fail(string? id)
    {
        var session = Session(id);
        if ((string?)session["status"] != "open" || (string?)session["mode"] != "payment") return session;
        var order = world.Orders[(string)session["id"]!];
        var intent = money.Intent(session, Metadata(order["payment_intent_data"]?["metadata"]), "requires_payment_method");
        world.Emit("payment_intent.payment_failed", intent);
        return session;
    }

    public static JsonObject Metadata(JsonNode? given) =>
        new((given as JsonObject ?? []).Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value!.DeepClone())));

    private void PayOnce(JsonObject session, JsonObject order, bool atOnce)
    {
        var intent = money.Intent(session, Metadata(order["payment_intent_data"]?["metadata"]), "processing");
        session["payment_intent"] = (string)intent["id"]!;
        if (!atOnce)
        {
            world.Emit("payment_intent.processing", intent);
            return;
        }
        money.Receive(intent, (string?)session["client_reference_id"], null, null);
        session["payment_status"] = "paid";
    }

    private JsonObject Expire(JsonObject session)
    {
        (session["status"], session["url"]) = ("expired", null);
        world.Emit("checkout.session.expired", session);
        return session;
    }

    private void Check(JsonObject order, bool recurring)
    {
        if ((string?)order["success_url"] is not { } success) throw StripeRefusal.Missing("success_url");
        foreach (var (name, url) in new[] { ("success_url", success), ("cancel_url", (string?)order["cancel_url"]) })
        {
            // The token in braces is not yet an address.
            if (url is not null && !(Uri.TryCreate(url.Replace("{CHECKOUT_SESSION_ID}", "x", StringComparison.Ordinal), UriKind.Absolute, out var read) && read.Scheme is "http" or "https"))
            {
                throw StripeRefusal.Bad("url_invalid", name, "Not a valid URL");
            }
        }
        foreach (var name in recurring ? new[] { "customer_creation", "payment_intent_data", "invoice_creation", "submit_type" } : ["subscription_data", "payment_method_collection"])
        {
            if (order[name] is not null) throw StripeRefusal.Bad(null, name, $"You can not pass `{name}` in `{(recurring ? "subscription" : "payment")}` mode.");
        }
        if (order["customer"] is not null && order["customer_email"] is not null) throw StripeRefusal.Exclusive("customer", "customer_email");
        if (order["discounts"] is not null && order["allow_promotion_codes"] is not null) throw StripeRefusal.Exclusive("allow_promotion_codes", "discounts");
        if ((string?)order["discounts"]?[0]?["coupon"] is { } coupon) throw StripeRefusal.NoSuch("coupon", coupon, "discounts[0][coupon]");
        if ((string?)order["customer"] is { } customer) world.Need(customer, "customer", "customer");
        if ((long?)order["expires_at"] - world.Now is < Shortest or > Longest) throw StripeRefusal.Bad(null, "expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.");
    }

    private JsonArray Items(JsonObject order, bool recurring)
    {
        if (order["line_items"] is not JsonArray { Count: > 0 } items) throw StripeRefusal.Missing("line_items");
        if (items.Count > (recurring ? 40 : 100)) throw StripeRefusal.Bad(null, "line_items", "Too many line items.");
        var lines = new JsonArray();
        foreach (var (item, at) in items.Select((item, at) => (item!.AsObject(), at)))
        {
            var price = StripePrices.Of(world, item, $"line_items[{at}]");
            var quantity = (long?)item["quantity"] ?? 1;
            if (quantity < 1) throw StripeRefusal.Bad("parameter_invalid_integer", $"line_items[{at}][quantity]", "This value must be greater than or equal to 1.");
            if (price["recurring"] is not null && !recurring) throw StripeRefusal.Bad(null, $"line_items[{at}][price]", "You specified `payment` mode but passed a recurring price.");
            if (lines.Count > 0 && (string?)lines[0]!["currency"] != (string?)price["currency"]) throw StripeRefusal.Bad(null, $"line_items[{at}]", "All prices on a Checkout Session must have the same currency.");
            var total = checked(quantity * (long)price["unit_amount"]!);
            lines.Add(new JsonObject
            {
                ["id"] = StripeWorld.NewId("li"), ["object"] = "item", ["amount_subtotal"] = total, ["amount_total"] = total, ["currency"] = (string?)price["currency"],
                ["description"] = (string?)price["nickname"], ["price"] = price.DeepClone(), ["quantity"] = quantity,
            });
        }
        if (recurring && !lines.Any(line => line!["price"]!["recurring"] is not null)) throw StripeRefusal.Bad(null, "line_items", "You must provide at least one recurring price in `subscription` mode.");
        return lines;
    }
}
