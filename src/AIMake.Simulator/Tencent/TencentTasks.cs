using System.Collections.Concurrent;
using System.Globalization;

namespace AIMake.Simulator.Tencent;

/// <summary>Long texts under way. A task moves on each time somebody asks after it: waiting, doing, then done.</summary>
internal sealed class TencentTasks
{
    private readonly ConcurrentDictionary<string, TencentLongText> _tasks = new();
    private long _last = 266_250_000;

    public string Add(TencentOrder order)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        _tasks[id] = new TencentLongText(order);
        return id;
    }

    public TencentLongText? Find(string id) => _tasks.GetValueOrDefault(id);
}

/// <summary>One of them. A text that begins with <c>fail:</c> fails.</summary>
internal sealed class TencentLongText(TencentOrder order)
{
    private const int Success = 2;
    private const int Failed = 3;

    private int _asked = -1;

    public TencentOrder Order => order;

    /// <summary>0 waiting, 1 doing, 2 success, 3 failed, as of now; the next asking finds it one further.</summary>
    public int Ask()
    {
        var step = Math.Min(Interlocked.Increment(ref _asked), Success);
        return step == Success && order.Text.StartsWith("fail:", StringComparison.Ordinal) ? Failed : step;
    }
}
