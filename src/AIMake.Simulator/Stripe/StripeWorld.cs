using System.Text.Json.Nodes;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Stripe;

/// <summary>
/// Everything one Stripe account holds, as the objects it answers with. One lock over all: a call sees and leaves it whole, and
/// its events are sent afterwards, in no particular order.
/// </summary>
internal sealed class StripeWorld(TimeProvider time, DeliveryEngine deliveries, PaymentBook book)
{
    public const string Version = "2026-10-28.endive";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _objects = [];
    private readonly List<JsonObject> _emitted = [];
    private (string? RequestId, string? Key) _cause;

    /// <summary>Unix seconds.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public PaymentBook Book => book;

    public DeliveryEngine Deliveries => deliveries;

    /// <summary>Items of checkout sessions, which are not part of the session unless asked for.</summary>
    public Dictionary<string, JsonArray> Lines { get; } = [];

    /// <summary>What the sessions were made with that their object does not show: <c>subscription_data</c> and the like.</summary>
    public Dictionary<string, JsonObject> Orders { get; } = [];

    /// <summary>Status of the next refund, instead of <c>succeeded</c>.</summary>
    public string? NextRefund { get; set; }

    /// <summary>Does something to it, alone, and then sends the events of it.</summary>
    public T Within<T>(Func<T> act, string? requestId = null, string? key = null)
    {
        JsonObject[] events;
        T result;
        lock (_gate)
        {
            _cause = (requestId, key);
            try
            {
                result = act();
            }
            finally
            {
                events = [.. _emitted];
                _emitted.Clear();
            }
        }
        Random.Shared.Shuffle(events);
        foreach (var each in events) deliveries.Send("stripe", (string)each["id"]!, (string)each["type"]!, each);
        return result;
    }

    public static string NewId(string prefix) => $"{prefix}_{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..24]}";

    public JsonObject Add(JsonObject made)
    {
        _objects.Add((string)made["id"]!, made);
        return made;
    }

    public JsonObject? Find(string? id, string kind) => id is not null && _objects.GetValueOrDefault(id) is { } found && (string?)found["object"] == kind ? found : null;

    /// <param name="param">The parameter that named it; null when the address did.</param>
    public JsonObject Need(string? id, string kind, string? param = null) => Find(id, kind) ?? throw StripeRefusal.NoSuch(kind, id ?? "", param);

    /// <summary>Of one kind, the newest first.</summary>
    public IEnumerable<JsonObject> All(string kind) => _objects.Values.Where(each => (string?)each["object"] == kind).Reverse();

    /// <summary>Tells of something that came to be.</summary>
    public void Emit(string type, JsonObject about, JsonObject? previous = null)
    {
        var data = new JsonObject { ["object"] = about.DeepClone() };
        if (previous is not null) data["previous_attributes"] = previous;
        var made = Add(new JsonObject
        {
            ["id"] = NewId("evt"), ["object"] = "event", ["api_version"] = Version, ["created"] = Now, ["data"] = data, ["livemode"] = false, ["pending_webhooks"] = 1,
            ["request"] = new JsonObject { ["id"] = _cause.RequestId, ["idempotency_key"] = _cause.Key }, ["type"] = type,
        });
        _emitted.Add(made);
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
