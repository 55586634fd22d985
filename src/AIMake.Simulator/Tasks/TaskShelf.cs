using System.Collections.Concurrent;

namespace AIMake.Simulator.Tasks;

/// <summary>All tasks of all vendors that work by tasks, and the files that were uploaded for them.</summary>
internal sealed class TaskShelf
{
    private readonly ConcurrentDictionary<string, SimulatedTask> _tasks = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, string> _uploads = new(StringComparer.Ordinal);

    /// <summary>Remembers an upload by the address it was given.</summary>
    public void Keep(string address, string owner) => _uploads[address] = owner;

    /// <summary>Whose upload it is; null when there is none.</summary>
    public string? OwnerOf(string address) => _uploads.GetValueOrDefault(address);

    public SimulatedTask Add(SimulatedTask task) => _tasks[task.Id] = task;

    /// <summary>A caller's own task; another's is as if it were not there.</summary>
    public SimulatedTask? Find(string? id, string key) => id is not null && _tasks.TryGetValue(id, out var task) && task.Key == key ? task : null;

    public SimulatedTask? Find(string? id) => id is not null && _tasks.TryGetValue(id, out var task) ? task : null;

    public void Remove(string id) => _tasks.TryRemove(id, out _);

    /// <summary>Orders of a caller since a moment.</summary>
    public int OrdersSince(string key, DateTimeOffset moment) => CountOf(key, task => task.CreatedAt >= moment);

    public int CountOf(string key, Func<SimulatedTask, bool> which) => _tasks.Values.Count(task => task.Key == key && which(task));
}
