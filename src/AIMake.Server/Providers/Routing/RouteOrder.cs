using System.Collections.Concurrent;

namespace AIMake.Providers.Routing;

/// <summary>Puts the routes of a call into the order they are tried in, and remembers how quick each has been of late.</summary>
internal sealed class RouteOrder(TimeProvider time, Func<double>? random = null)
{
    /// <summary>Part of a new measurement in the running average.</summary>
    private const double Newest = 0.2;

    /// <summary>Measurements remembered at most; beyond, further models go unmeasured.</summary>
    private const int MostMeasured = 10_000;

    /// <summary>An average older than this says nothing any more: the route gets its turn again.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
    private readonly ConcurrentDictionary<(string Provider, string Model), Average> _quickness = new();

    public IReadOnlyList<Route> Arrange(RouteQuery query)
    {
        if (query.Routes.Count < 2) return query.Routes;
        return query.Choice switch
        {
            RouteChoice.Weight => ByWeight(query.Routes),
            RouteChoice.Price => [.. query.Routes.OrderBy(route => route.Cost ?? decimal.MaxValue)],
            RouteChoice.Speed => [.. query.Routes.OrderBy(FirstByte)],
            _ => query.Routes,
        };
    }

    /// <summary>Takes note of a first byte.</summary>
    public void Measured(Route route, TimeSpan firstByte)
    {
        var key = (route.Provider, route.Model);
        if (!_quickness.TryGetValue(key, out var average))
        {
            if (_quickness.Count >= MostMeasured) return;
            average = _quickness.GetOrAdd(key, static _ => new Average());
        }
        lock (average)
        {
            var milliseconds = firstByte.TotalMilliseconds;
            average.Milliseconds = average.At == 0 || time.GetElapsedTime(average.At) > Stale
                ? milliseconds
                : average.Milliseconds + (Newest * (milliseconds - average.Milliseconds));
            average.At = time.GetTimestamp();
        }
    }

    private double FirstByte(Route route)
    {
        if (!_quickness.TryGetValue((route.Provider, route.Model), out var average)) return 0;
        lock (average) return time.GetElapsedTime(average.At) > Stale ? 0 : average.Milliseconds;
    }

    /// <summary>First drawn, first tried; the rest are drawn in the same way and stand by.</summary>
    private List<Route> ByWeight(IReadOnlyList<Route> routes)
    {
        var (left, order) = (routes.ToList(), new List<Route>(routes.Count));
        while (left.Count > 0)
        {
            var ticket = _random() * left.Sum(route => (double)Math.Max(0, route.Weight));
            var drawn = 0;
            while (drawn < left.Count - 1 && (ticket -= Math.Max(0, left[drawn].Weight)) >= 0) drawn++;
            order.Add(left[drawn]);
            left.RemoveAt(drawn);
        }
        return order;
    }

    private sealed class Average
    {
        public double Milliseconds { get; set; }

        public long At { get; set; }
    }
}
