using System.Text.Json.Nodes;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Stripe;

/// <summary>What is Stripe's own about its account.</summary>
internal sealed class StripeWorld(TimeProvider time, DeliveryEngine deliveries, PaymentBook book) : ProviderWorld("stripe", time, deliveries, book)
{
    public const string Version = "2026-10-28.endive";

    /// <summary>Unix seconds.</summary>
    public long Now => Time.ToUnixTimeSeconds();

    /// <summary>Items of checkout sessions, which are not part of the session unless asked for.</summary>
    public Dictionary<string, JsonArray> Lines { get; } = [];

    /// <summary>What the sessions were made with that their object does not show: <c>subscription_data</c> and the like.</summary>
    public Dictionary<string, JsonObject> Orders { get; } = [];

    /// <summary>Status of the next refund, instead of <c>succeeded</c>.</summary>
    public string? NextRefund { get; set; }

    /// <param name="param">The parameter that named it; null when the address did.</param>
    public JsonObject Need(string? id, string kind, string? param = null) => Find(id, kind) ?? throw StripeRefusal.NoSuch(kind, id ?? "", param);

    /// <summary>Tells of something that came to be.</summary>
    public void Emit(string type, JsonObject about, JsonObject? previous = null)
    {
        var data = new JsonObject { ["object"] = about.DeepClone() };
        if (previous is not null) data["previous_attributes"] = previous;
        var made = Add(new JsonObject
        {
            ["id"] = NewId("evt"), ["object"] = "event", ["api_version"] = Version, ["created"] = Now, ["data"] = data, ["livemode"] = false, ["pending_webhooks"] = 1,
            ["request"] = new JsonObject { ["id"] = Cause.RequestId, ["idempotency_key"] = Cause.Key }, ["type"] = type,
        });
        Post((string)made["id"]!, type, made);
    }

    /// <summary>Changes an object and tells what it was before.</summary>
    public void Change(JsonObject it, string type, Action change)
    {
        var before = it.DeepClone().AsObject();
        change();
        var previous = new JsonObject();
        foreach (var (name, value) in before)
        {
            if (!JsonNode.DeepEquals(value, it[name])) previous[name] = value?.DeepClone();
        }
        if (previous.Count > 0) Emit(type, it, previous);
    }

    public static JsonObject List(string url, IEnumerable<JsonNode> items, bool more = false) =>
        new() { ["object"] = "list", ["data"] = new JsonArray([.. items.Select(item => item.DeepClone())]), ["has_more"] = more, ["url"] = url };
}
