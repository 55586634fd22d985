using System.Text.Json.Nodes;

namespace AIMake.Simulator.Creem;

/// <summary>Checkouts: making one, and what a buyer does on its page.</summary>
internal sealed class CreemCheckout(CreemWorld world, CreemSubscriptions subscriptions, CreemMoney money)
{
    private static readonly string[] Known =
        ["product_id", "request_id", "units", "success_url", "discount_code", "customer", "metadata", "custom_fields", "custom_field", "custom_price", "affiliate_code"];

    /// <param name="pages">Address of the hosted pages, without a trailing slash.</param>
    public JsonObject Make(JsonObject order, string pages, string apiKey)
    {
        Check(order);
        var product = world.Product((string?)order["product_id"]);
        var id = CreemWorld.NewId("ch");
        var made = new JsonObject
        {
            ["id"] = id, ["object"] = "checkout", ["mode"] = CreemWorld.Mode, ["status"] = "pending", ["product"] = (string)product["id"]!, ["units"] = (long?)order["units"] ?? 1L,
            ["custom_fields"] = new JsonArray(), ["checkout_url"] = $"{pages}/{id}",
        };
        foreach (var name in new[] { "request_id", "success_url", "metadata", "custom_price" })
        {
            if (order[name] is { } given) made[name] = given.DeepClone();
        }
        if (order["customer"] is JsonObject customer)
        {
            made["customer"] = (string)((string?)customer["id"] is { } known ? world.Need(known, "customer") : world.Customer((string)customer["email"]!, (string?)customer["name"]))["id"]!;
        }
        world.KeyOf[id] = apiKey;
        return world.Add(made);
    }

    public long Total(JsonObject checkout)
    {
        var product = world.Product((string?)checkout["product"]);
        return checked(((long?)checkout["custom_price"] ?? (long)product["price"]!) * (long)checkout["units"]!);
    }

    /// <summary>The buyer pays. A second time changes nothing.</summary>
    /// <param name="email">What they typed; null for what is known of them.</param>
    public JsonObject Pay(string? id, string? email = null)
    {
        var checkout = world.Need(id, "checkout");
        if ((string?)checkout["status"] != "pending") return checkout;
        var product = world.Product((string?)checkout["product"]);
        if (checkout["customer"] is null) checkout["customer"] = (string)world.Customer(email ?? "guest@example.org", null)["id"]!;
        checkout["status"] = "completed";
        var recurring = (string?)product["billing_type"] == "recurring";
        var subscription = recurring ? subscriptions.Create(checkout, product) : null;
        var trial = recurring && CreemWorld.TrialOf(product) is not null;
        var order = money.Order(checkout, product, trial ? 0 : Total(checkout), recurring);
        checkout["order"] = (string)order["id"]!;
        var paid = trial ? null : money.Receive(checkout, order, subscription);
        world.Emit("checkout.completed", Described(checkout));
        if (subscription is not null) subscriptions.Begin(subscription, paid);
        return checkout;
    }

    /// <summary>As events show it, with everything in it.</summary>
    public JsonObject Described(JsonObject checkout) => world.With(checkout, "order", "product", "customer", "subscription");

    public JsonObject Expire(string? id)
    {
        var checkout = world.Need(id, "checkout");
        if ((string?)checkout["status"] == "pending") checkout["status"] = "expired";
        return checkout;
    }

    /// <summary>Where the buyer goes after paying.</summary>
    public string? ReturnOf(JsonObject checkout) => (string?)checkout["success_url"] is not { Length: > 0 } success ? null : CreemReturn.To(success,
        [
            ("request_id", (string?)checkout["request_id"]), ("checkout_id", (string?)checkout["id"]), ("order_id", (string?)checkout["order"]), ("customer_id", (string?)checkout["customer"]),
            ("subscription_id", (string?)checkout["subscription"]), ("product_id", (string?)checkout["product"]),
        ],
        world.KeyOf[(string)checkout["id"]!]);

    private void Check(JsonObject order)
    {
        var faults = new List<string>(order.Select(pair => pair.Key).Where(name => !Known.Contains(name)).Select(name => $"property {name} should not exist"));
        foreach (var name in new[] { "product_id", "request_id", "success_url", "discount_code", "affiliate_code" })
        {
            if (order[name] is { } value && value.GetValueKind() != System.Text.Json.JsonValueKind.String) faults.Add($"{name} must be a string");
        }
        if (order["product_id"] is null) faults.Add("product_id must be a string");
        foreach (var (name, least) in new[] { ("units", 1L), ("custom_price", 100L) })
        {
            if (order[name] is { } number && (number.GetValueKind() != System.Text.Json.JsonValueKind.Number || !number.AsValue().TryGetValue<long>(out var whole) || whole < least)) faults.Add($"{name} must not be less than {least}");
        }
        if (order["success_url"]?.GetValueKind() == System.Text.Json.JsonValueKind.String && !Uri.IsWellFormedUriString((string?)order["success_url"], UriKind.Absolute)) faults.Add("success_url must be a URL address");
        if (order["customer"] is JsonObject customer && customer["id"] is not null == customer["email"] is not null) faults.Add("You may only specify one of these parameters: customer.id, customer.email");
        if (order["metadata"] is { } metadata && metadata is not JsonObject) faults.Add("metadata must be an object");
        if (order["custom_fields"] is JsonArray { Count: > 3 }) faults.Add("custom_fields must contain no more than 3 elements");
        if (faults.Count > 0) throw CreemRefusal.Bad([.. faults]);
        if (order["discount_code"] is not null) throw CreemRefusal.NoSuch("Discount");
    }
}
