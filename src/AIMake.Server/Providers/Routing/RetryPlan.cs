namespace AIMake.Providers.Routing;

/// <summary>Where one call goes next. Two rules:
/// <list type="number">
/// <item>A key that is refused is out from then on, so the next key and then the next route are tried freely: every key can be
/// refused once, and no more.</item>
/// <item>Failures of the vendor cost a retry of the budget, are limited in number, and lead to one other route at most.</item>
/// </list>
/// Not thread-safe; one call has one.
/// </summary>
internal struct RetryPlan(RouteQuery query, IReadOnlyList<Route> routes)
{
    private int _vendorFailures;
    private bool _changedRoute;
    private int _route;
    private List<PoolKey>? _tried;

    /// <summary>Which try this is, from 1.</summary>
    public int Attempt { get; private set; } = 1;

    /// <summary>The route in use.</summary>
    public readonly Route Route => routes[_route];

    /// <summary>Gets a place for the first try, on the first route that has one.</summary>
    /// <returns>The place, or null with the pool to wait at, or both null when all keys are out.</returns>
    public (PoolKey? Key, KeyPool? Pool) First(ProviderRegistry registry)
    {
        (KeyPool? Pool, int Route) full = default;
        for (var i = 0; i < routes.Count; i++)
        {
            if (registry.Find(routes[i].Provider) is not { } pool) continue;
            switch (pool.TryTake(null, out var key))
            {
                case TakeResult.Taken:
                    _route = i;
                    return (key, pool);
                case TakeResult.Full when full.Pool is null:
                    full = (pool, i);
                    break;
            }
        }
        _route = full.Route;
        return (null, full.Pool);
    }

    /// <summary>Gets a place for another try after a failure, or none when it is final.</summary>
    /// <param name="pool">Where it failed.</param>
    /// <param name="key">What failed.</param>
    /// <returns>The place, and how long to wait before using it.</returns>
    public (PoolKey? Key, KeyPool Pool, TimeSpan Wait) Next(ProviderRegistry registry, KeyPool pool, PoolKey key, ProviderFault fault, Func<double> random)
    {
        (_tried ??= []).Add(key);
        if (!MayTryAgain(query, fault)) return (null, pool, default);
        if (IsRefusal(fault)) return NextKey(pool) ?? NextRoute(registry) ?? (null, pool, default);

        var options = pool.Setup.Resilience;
        // What was never delivered puts no load on the vendor, so trying again costs nothing of the budget.
        if (++_vendorFailures > options.MaxRetries || (fault.Stage != ProviderStage.Connect && !pool.Budget.TrySpend())) return (null, pool, default);
        // The last try goes elsewhere when there is an elsewhere: the keys of one vendor tend to fail together.
        var elsewhere = _vendorFailures == options.MaxRetries && !_changedRoute ? NextRoute(registry) : null;
        if ((elsewhere ?? NextKey(pool) ?? (_changedRoute ? null : NextRoute(registry))) is { } other)
        {
            _changedRoute |= other.Pool != pool;
            return other;
        }
        if (!pool.TryTake(key)) return (null, pool, default);
        Attempt++;
        return (key, pool, options.RetryDelay * Math.Pow(2, _vendorFailures - 1) * (0.5 + random()));
    }

    /// <summary>Whether another key or route may be asked after this failure.</summary>
    public static bool MayTryAgain(RouteQuery query, ProviderFault fault)
    {
        if (fault.Stage == ProviderStage.Stream || fault.Kind == ProviderFaultKind.Rejected) return false;
        return IsRefusal(fault) || (fault.Retryable && (!query.Once || fault.Stage == ProviderStage.Connect));
    }

    /// <summary>The key itself is refused; nothing was begun with it.</summary>
    private static bool IsRefusal(ProviderFault fault) =>
        fault.Kind is ProviderFaultKind.Throttled or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized;

    private (PoolKey? Key, KeyPool Pool, TimeSpan Wait)? NextKey(KeyPool pool)
    {
        if (pool.TryTake(_tried, out var key) != TakeResult.Taken) return null;
        Attempt++;
        return (key, pool, default);
    }

    /// <summary>The first of the other routes that has a key; with free choice among those not tried, whatever their place in the order.</summary>
    private (PoolKey? Key, KeyPool Pool, TimeSpan Wait)? NextRoute(ProviderRegistry registry)
    {
        for (var i = 0; i < routes.Count; i++)
        {
            if (i == _route || registry.Find(routes[i].Provider) is not { } pool || pool.TryTake(_tried, out var key) != TakeResult.Taken) continue;
            _route = i;
            Attempt++;
            return (key, pool, default);
        }
        return null;
    }
}
