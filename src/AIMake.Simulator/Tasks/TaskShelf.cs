using System.Collections.Concurrent;

namespace AIMake.Simulator.Tasks;

/// <summary>All tasks of all vendors that work by tasks.</summary>
internal sealed class TaskShelf
{
    private readonly ConcurrentDictionary<string, SimulatedTask> _tasks = new(StringComparer.Ordinal);

    public SimulatedTask Add(SimulatedTask task) => _tasks[task.Id] = task;

    /// <summary>A caller's own task; another's is as if it were not there.</summary>
    public SimulatedTask? Find(string? id, string key) => id is not null && _tasks.TryGetValue(id, out var task) && task.Key == key ? task : null;

    public SimulatedTask? Find(string? id) => id is not null && _tasks.TryGetValue(id, out var task) ? task : null;

    public void Remove(string id) => _tasks.TryRemove(id, out _);

    public int CountOf(string key, Func<SimulatedTask, bool> which) => _tasks.Values.Count(task => task.Key == key && which(task));
}
