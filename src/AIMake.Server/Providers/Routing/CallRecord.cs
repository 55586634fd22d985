namespace AIMake.Providers.Routing;

/// <summary>What is written down about calls, whatever they are for: metrics, the log, how quick a route is.</summary>
internal sealed class CallBook(ProvidersMetrics metrics, RouteOrder order, ILoggerFactory logs, TimeProvider time)
{
    private readonly ILogger _log = logs.CreateLogger("AIMake.Providers");

    public CallRecord Start() => new(this, time.GetTimestamp());

    public TimeSpan Begun(Route route, long started)
    {
        var after = time.GetElapsedTime(started);
        metrics.FirstByte(route.Provider, after);
        order.Measured(route, after);
        return after;
    }

    public void Ended(Route route, long started, ProviderFault? fault)
    {
        var after = time.GetElapsedTime(started);
        var left = fault is not null && ProviderFaults.IsLeft(fault);
        metrics.Ended(route.Provider, fault is null ? "ok" : left ? "canceled" : fault.Kind.ToString(), after);
        var milliseconds = (long)after.TotalMilliseconds;
        if (fault is null) _log.CallEnded(route.Provider, route.Model, milliseconds);
        else if (left) _log.CallLeft(route.Provider, route.Model, milliseconds);
        else _log.CallFailed(route.Provider, route.Model, fault.Kind, fault.Stage, fault.Party, fault.Detail, milliseconds);
    }
}

/// <summary>One call in the book.</summary>
internal readonly struct CallRecord(CallBook book, long started)
{
    public TimeSpan Begun(Route route) => book.Begun(route, started);

    public void Ended(Route route, ProviderFault? fault) => book.Ended(route, started, fault);
}
