using System.Text.Json.Nodes;

namespace AIMake.Simulator.Deliveries;

/// <summary>
/// Everything one account at a provider of payments holds, as the objects it answers with. One lock over all: a call sees and leaves it
/// whole, and its events are sent afterwards, in no particular order.
/// </summary>
internal abstract class ProviderWorld(string provider, TimeProvider time, DeliveryEngine deliveries, PaymentBook book)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _objects = [];
    private readonly List<(string Id, string Type, JsonObject Event)> _posted = [];

    public DateTimeOffset Time => time.GetUtcNow();

    public PaymentBook Book => book;

    /// <summary>What is going on, for the events that come of it.</summary>
    protected (string? RequestId, string? Key) Cause { get; private set; }

    /// <summary>Does something to it, alone, and then sends the events of it.</summary>
    public T Within<T>(Func<T> act, string? requestId = null, string? key = null)
    {
        (string Id, string Type, JsonObject Event)[] events;
        T result;
        lock (_gate)
        {
            Cause = (requestId, key);
            try
            {
                result = act();
            }
            finally
            {
                events = [.. _posted];
                _posted.Clear();
            }
        }
        Random.Shared.Shuffle(events);
        foreach (var each in events) deliveries.Send(provider, each.Id, each.Type, each.Event);
        return result;
    }

    public static string NewId(string prefix) => $"{prefix}_{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..24]}";

    public JsonObject Add(JsonObject made)
    {
        _objects.Add((string)made["id"]!, made);
        return made;
    }

    public JsonObject? Find(string? id, string kind) => id is not null && _objects.GetValueOrDefault(id) is { } found && (string?)found["object"] == kind ? found : null;

    /// <summary>Of one kind, the newest first.</summary>
    public IEnumerable<JsonObject> All(string kind) => _objects.Values.Where(each => (string?)each["object"] == kind).Reverse();

    protected void Post(string id, string type, JsonObject made) => _posted.Add((id, type, made));
}
