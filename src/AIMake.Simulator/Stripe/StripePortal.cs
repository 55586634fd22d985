using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>Sessions of the page on which customers look after their own subscriptions.</summary>
internal sealed class StripePortal(StripeWorld world)
{
    public JsonObject Make(JsonObject order, string pages)
    {
        var customer = (string?)order["customer"] ?? throw StripeRefusal.Missing("customer");
        world.Need(customer, "customer", "customer");
        if ((string?)order["configuration"] is { } configuration) throw StripeRefusal.NoSuch("configuration", configuration, "configuration");
        if ((string?)order["flow_data"]?["subscription_cancel"]?["subscription"] is { } cancelled) world.Need(cancelled, "subscription", "flow_data[subscription_cancel][subscription]");
        var id = StripeWorld.NewId("bps");
        return world.Add(new JsonObject
        {
            ["id"] = id, ["object"] = "billing_portal.session", ["configuration"] = "bpc_simulated", ["created"] = world.Now, ["customer"] = customer, ["flow"] = order["flow_data"]?.DeepClone(),
            ["livemode"] = false, ["locale"] = (string?)order["locale"], ["on_behalf_of"] = null, ["return_url"] = (string?)order["return_url"], ["url"] = $"{pages}/{id}",
        });
    }
}
