using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Clerk;

/// <summary>The users of the simulated Clerk, as its API and its notices describe them.</summary>
internal sealed class ClerkShelf
{
    private readonly ConcurrentDictionary<string, JsonObject> _users = new();

    public void Keep(JsonObject user) => _users[(string)user["id"]!] = user;

    public JsonObject? Find(string? id) => id is not null && _users.TryGetValue(id, out var user) ? (JsonObject)user.DeepClone() : null;
}
