namespace AIMake.Providers.Routing;

/// <summary>
/// The router. A call goes: (1) the routes in the order the query asks for; (2) a place with the key whose turn it is on the
/// first route that has one, or a short wait where all are busy; (3) the attempt; (4) on failure before the first byte,
/// another key, another route or a pause, as <see cref="RetryPlan"/> says. Who is out is decided by <see cref="KeyPool"/> from
/// how calls end, so that when all are out the answer is no in microseconds.
/// </summary>
internal sealed class ProviderRouter : IProviderRouter
{
    private readonly ProviderRegistry _registry;
    private readonly RouteOrder _order;
    private readonly IOwnKeys _ownKeys;
    private readonly CallBook _book;
    private readonly ProvidersMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly HashSet<string> _local;

    /// <param name="local">Providers that are part of this installation and need neither key nor route.</param>
    /// <param name="random">Source of jitter, 0 to 1; the shared one when left out.</param>
    public ProviderRouter(
        ProviderRegistry registry, RouteOrder order, IOwnKeys ownKeys, CallBook book, ProvidersMetrics metrics, TimeProvider time,
        IEnumerable<ISpeechProvider> local, Func<double>? random = null)
    {
        (_registry, _order, _ownKeys, _book, _metrics, _time) = (registry, order, ownKeys, book, metrics, time);
        _random = random ?? Random.Shared.NextDouble;
        _local = local.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
    }

    public bool IsOffered(string provider) => _local.Contains(provider) || _registry.Find(provider) is { IsOffered: true, Setup.Off: false };

    public bool SpeaksOpenAi(string provider) => _registry.Find(provider) is { SpeaksOpenAi: true };

    public Task<(T Answer, ProviderLease Lease)> RunAsync<T>(RouteQuery query, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        var routes = _order.Arrange(query);
        return query.OwnKeyOf is { } user ? RunOwnAsync(user, query, routes, attempt, ct) : RunPooledAsync(query, routes, attempt, ct);
    }

    public async Task<ProviderLease> ReopenAsync(string provider, Guid? keyId, Guid userId, CancellationToken ct)
    {
        var pool = _registry.Find(provider) ?? throw NotSetUp();
        var route = new Route(provider, "");
        if (keyId is { } id)
        {
            var key = pool.Find(id) ?? throw pool.Unavailable("the key that started it was removed", null);
            return new PooledLease(pool, key, _book.Start(), place: false) { Route = route, Vendor = pool.Setup.Vendor, Endpoint = key.Endpoint, OwnKey = false, Attempt = 1 };
        }
        var own = await _ownKeys.FindAsync(userId, provider, ct) ?? throw pool.Unavailable("the user's key that started it was removed", null);
        return new OwnKeyLease(_ownKeys, userId, _book.Start()) { Route = route, Vendor = pool.Setup.Vendor, Endpoint = own, OwnKey = true, Attempt = 1 };
    }

    private async Task<(T Answer, ProviderLease Lease)> RunPooledAsync<T>(
        RouteQuery query, IReadOnlyList<Route> routes, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        var plan = new RetryPlan(query, routes);
        var (key, pool) = plan.First(_registry);
        if (pool is null) throw AllOut(routes);
        key ??= await pool.WaitAsync(ct);
        pool.Budget.CountCall();
        while (true)
        {
            var lease = new PooledLease(pool, key, _book.Start()) { Route = plan.Route, Vendor = pool.Setup.Vendor, Endpoint = key.Endpoint, OwnKey = false, Attempt = plan.Attempt };
            var (answer, failure) = await TryAsync(lease, attempt, ct);
            if (failure is null) return (answer!, lease);

            (var next, var nextPool, var wait) = plan.Next(_registry, pool, key, failure.Fault, _random);
            if (next is null) throw failure;
            _metrics.Retried(pool.Name, failure.Fault.Kind);
            (key, pool) = (next, nextPool);
            if (wait > TimeSpan.Zero) await PauseAsync(wait, key, pool, ct);
        }
    }

    /// <summary>Own keys have no pool: each route is tried once, with the user's key for it.</summary>
    private async Task<(T Answer, ProviderLease Lease)> RunOwnAsync<T>(
        Guid user, RouteQuery query, IReadOnlyList<Route> routes, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        ProviderException? last = null;
        var (number, refused) = (0, false);
        foreach (var route in routes)
        {
            if (_registry.Find(route.Provider) is not { Setup.Off: false } pool) continue;
            if (await _ownKeys.FindAsync(user, route.Provider, ct) is not { } endpoint)
            {
                refused |= await _ownKeys.IsRefusedAsync(user, route.Provider, ct);
                continue;
            }
            if (last is not null) _metrics.Retried(route.Provider, last.Fault.Kind);
            var lease = new OwnKeyLease(_ownKeys, user, _book.Start()) { Route = route, Vendor = pool.Setup.Vendor, Endpoint = endpoint, OwnKey = true, Attempt = ++number };
            (var answer, last) = await TryAsync(lease, attempt, ct);
            if (last is null) return (answer!, lease);
            if (!RetryPlan.MayTryAgain(query, last.Fault)) break;
        }
        throw last ?? new ProviderException(refused
            ? new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Unauthorized, Retryable: false, Detail: "the user's own key was refused before")
            : new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Unavailable, Retryable: false, Detail: "no key of the user's own"));
    }

    /// <summary>One try. A failure that is the provider's is returned, with the lease over; others pass through, without blame.</summary>
    private static async Task<(T? Answer, ProviderException? Failure)> TryAsync<T>(ProviderLease lease, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        try
        {
            var answer = await attempt(lease, ct);
            lease.Begun();
            return (answer, null);
        }
        catch (ProviderException e)
        {
            lease.Failed(e.Fault);
            lease.Dispose();
            return (default, e);
        }
        catch
        {
            lease.Failed(ProviderFaults.Left);
            lease.Dispose();
            throw;
        }
    }

    private async Task PauseAsync(TimeSpan wait, PoolKey key, KeyPool pool, CancellationToken ct)
    {
        try
        {
            await Task.Delay(wait, _time, ct);
        }
        catch (OperationCanceledException)
        {
            pool.Leave(key);
            throw;
        }
    }

    private ProviderException AllOut(IReadOnlyList<Route> routes)
    {
        TimeSpan? soonest = null;
        var known = false;
        foreach (var route in routes)
        {
            if (_registry.Find(route.Provider) is not { } pool) continue;
            known = true;
            if (pool.Comeback() is { } wait && !(wait >= soonest)) soonest = wait;
        }
        return known
            ? new(new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unavailable, Retryable: true, soonest, "no key is usable"))
            : NotSetUp();
    }

    private static ProviderException NotSetUp() =>
        new(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unavailable, Retryable: false, Detail: "provider not set up"));
}
