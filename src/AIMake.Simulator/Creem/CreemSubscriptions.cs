using System.Globalization;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Creem;

/// <summary>Subscriptions. A period ends when a control says so, never by itself.</summary>
internal sealed class CreemSubscriptions(CreemWorld world, CreemMoney money)
{
    public JsonObject Create(JsonObject checkout, JsonObject product)
    {
        var id = CreemWorld.NewId("sub");
        checkout["subscription"] = id;
        return world.Add(new JsonObject
        {
            ["id"] = id, ["object"] = "subscription", ["mode"] = CreemWorld.Mode, ["product"] = (string)product["id"]!, ["customer"] = (string?)checkout["customer"],
            ["items"] = new JsonArray(new JsonObject
            {
                ["id"] = CreemWorld.NewId("sitem"), ["object"] = "subscription_item", ["mode"] = CreemWorld.Mode, ["product_id"] = (string)product["id"]!, ["price_id"] = CreemWorld.NewId("pprice"), ["units"] = (long)checkout["units"]!,
            }),
            ["collection_method"] = "charge_automatically", ["status"] = "active", ["current_period_start_date"] = world.Now, ["current_period_end_date"] = CreemWorld.Iso(EndOfFirst(product)),
            ["canceled_at"] = null, ["metadata"] = checkout["metadata"]?.DeepClone(), ["created_at"] = world.Now, ["updated_at"] = world.Now,
        });
    }

    /// <param name="paid">The first transaction; null for a trial.</param>
    public void Begin(JsonObject subscription, JsonObject? paid)
    {
        Tell("subscription.active", subscription);
        if (paid is null) Move(subscription, "trialing", "subscription.trialing");
        else Paid(subscription, paid);
    }

    /// <summary>The period ends: it is paid for anew, or ends when that was asked for.</summary>
    public JsonObject Renew(string? id, bool pays)
    {
        var it = world.Need(id, "subscription");
        var status = (string)it["status"]!;
        if (status is "canceled" or "paused") return it;
        if (status == "scheduled_cancel") return End(it);
        if (!pays) return Move(it, "past_due", "subscription.past_due");
        var end = At(it["current_period_end_date"]);
        (it["current_period_start_date"], it["current_period_end_date"]) = (CreemWorld.Iso(end), CreemWorld.Iso(Next(it, end)));
        it["status"] = "active";
        Paid(it, Charge(it));
        return it;
    }

    /// <summary>A retry works: the period that was owed is paid.</summary>
    public JsonObject Recover(string? id)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] is not ("past_due" or "unpaid")) return it;
        it["status"] = "active";
        Tell("subscription.active", it);
        return Renew(id, pays: true);
    }

    public JsonObject Unpaid(string? id) => Move(world.Need(id, "subscription"), "unpaid", "subscription.unpaid");

    /// <summary>An event, not a state: what it was it still is.</summary>
    public JsonObject Expire(string? id)
    {
        var it = world.Need(id, "subscription");
        Tell("subscription.expired", it);
        return it;
    }

    public JsonObject Cancel(string? id, string? mode, string? onExecute)
    {
        if (mode is not (null or "immediate" or "scheduled")) throw CreemRefusal.Bad("mode must be one of the following values: immediate, scheduled");
        if (onExecute is not (null or "cancel" or "pause")) throw CreemRefusal.Bad("onExecute must be one of the following values: cancel, pause");
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] == "canceled") throw CreemRefusal.Bad("Subscription is already canceled");
        if (mode != "scheduled") return End(it);
        it["canceled_at"] = world.Now;
        return Move(it, "scheduled_cancel", "subscription.scheduled_cancel");
    }

    public JsonObject Resume(string? id)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] is not ("paused" or "scheduled_cancel")) throw CreemRefusal.Bad("Subscription can not be resumed");
        it["canceled_at"] = null;
        return Move(it, "active", "subscription.update");
    }

    public JsonObject Pause(string? id)
    {
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] is not ("active" or "trialing")) throw CreemRefusal.Bad("Subscription can not be paused");
        return Move(it, "paused", "subscription.paused");
    }

    /// <summary>Another product: charged now, in a cycle that begins now, unless another way is asked for.</summary>
    public JsonObject Upgrade(string? id, string? product, string? behavior)
    {
        if (behavior is not (null or "proration-charge-immediately" or "proration-charge" or "proration-none")) throw CreemRefusal.Bad("update_behavior must be one of the following values: proration-charge-immediately, proration-charge, proration-none");
        var it = world.Need(id, "subscription");
        if ((string?)it["status"] == "canceled") throw CreemRefusal.Bad("Subscription is canceled");
        var next = world.Product(product);
        if ((string?)next["billing_type"] != "recurring") throw CreemRefusal.Bad("Product is not recurring");
        it["product"] = (string)next["id"]!;
        it["items"]![0]!["product_id"] = (string)next["id"]!;
        Tell("subscription.update", it);
        if (behavior is not (null or "proration-charge-immediately")) return it;
        (it["current_period_start_date"], it["current_period_end_date"]) = (world.Now, CreemWorld.Iso(Next(it, world.Time)));
        Paid(it, Charge(it));
        return it;
    }

    /// <summary>As it is answered: the product and customer as objects.</summary>
    public JsonObject Described(JsonObject it) => world.With(it, "product", "customer");

    private JsonObject Charge(JsonObject it)
    {
        var product = world.Product((string?)it["product"]);
        return money.Receive(null, money.Order(it, product, (long)product["price"]! * (long)it["items"]![0]!["units"]!, recurring: true), it);
    }

    private void Paid(JsonObject it, JsonObject transaction)
    {
        (transaction["period_start"], transaction["period_end"]) = (At(it["current_period_start_date"]).ToUnixTimeMilliseconds(), At(it["current_period_end_date"]).ToUnixTimeMilliseconds());
        (it["last_transaction_id"], it["last_transaction_date"], it["next_transaction_date"]) = ((string)transaction["id"]!, world.Now, (string)it["current_period_end_date"]!);
        it["last_transaction"] = transaction.DeepClone();
        Tell("subscription.paid", it);
    }

    private JsonObject End(JsonObject it)
    {
        it["canceled_at"] = (string?)it["canceled_at"] ?? world.Now;
        return Move(it, "canceled", "subscription.canceled");
    }

    private JsonObject Move(JsonObject it, string status, string told)
    {
        it["status"] = status;
        Tell(told, it);
        return it;
    }

    private void Tell(string type, JsonObject it)
    {
        it["updated_at"] = world.Now;
        world.Emit(type, Described(it));
    }

    private DateTimeOffset EndOfFirst(JsonObject product) => CreemWorld.TrialOf(product) is { } days ? world.Time.AddDays(days) : Add(product, world.Time, 1);

    private DateTimeOffset Next(JsonObject it, DateTimeOffset from)
    {
        var (product, anchor) = (world.Product((string?)it["product"]), At(it["created_at"]));
        if (CreemWorld.TrialOf(product) is { } days) anchor = anchor.AddDays(days);
        if (from < anchor) anchor = from;
        for (var step = 1; ; step++)
        {
            if (Add(product, anchor, step) is var end && end > from) return end;
        }
    }

    private static DateTimeOffset Add(JsonObject product, DateTimeOffset from, int steps) => (string?)product["recurring_interval"] switch
    {
        "day" => from.AddDays(steps),
        "week" => from.AddDays(7 * steps),
        "year" => from.AddYears(steps),
        _ => from.AddMonths(steps),
    };

    private static DateTimeOffset At(JsonNode? iso) => DateTimeOffset.Parse((string)iso!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
