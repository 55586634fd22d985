using System.Diagnostics.CodeAnalysis;

namespace AIMake.Providers.Routing;

/// <summary>How an attempt to get a key ended.</summary>
internal enum TakeResult
{
    Taken,

    /// <summary>A key would do, but all its places are taken.</summary>
    Full,

    /// <summary>No key may be used now.</summary>
    Out,
}

/// <summary>
/// The keys of one provider. Each call gets the key whose turn it is among the healthy ones (smooth weighted round-robin), and
/// every end of a call is a verdict on its key:
/// <list type="number">
/// <item>throttled: left alone for as long as the vendor asks, or for a wait that doubles;</item>
/// <item>out of quota, unauthorized: out until a test succeeds;</item>
/// <item>failures of the vendor, several in a row or a large share of the last ten seconds' calls: left alone for a while.</item>
/// </list>
/// A key whose wait is over is tried by one call; the others follow when that one's answer has begun. Faults of the caller say
/// nothing about a key. One short lock guards it all; a call passes it three times.
/// </summary>
internal sealed class KeyPool
{
    private const int EnoughAmongHealthy = 3;

    private static readonly TimeSpan LongestCoolDown = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ForgetTripsAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AfterProbe = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly IKeyEventSink _events;
    private readonly LinkedList<TaskCompletionSource<PoolKey>> _waiting = [];
    private readonly PoolFigures _figures = new();
    private ProviderSetup _setup;
    private PoolKey[] _keys = [];

    /// <param name="random">Source of jitter, 0 to 1.</param>
    public KeyPool(ProviderSetup setup, IReadOnlyList<KeySetup> more, TimeProvider time, Func<double> random, IKeyEventSink events)
    {
        (_time, _random, _events, _setup) = (time, random, events, setup);
        Budget = new RetryBudget(time);
        Update(setup, more);
    }

    public ProviderSetup Setup => Volatile.Read(ref _setup);

    public string Name => Setup.Name;

    public RetryBudget Budget { get; }

    /// <summary>Whether there is a key, or none is needed.</summary>
    public bool IsOffered => Array.Exists(Volatile.Read(ref _keys), key => !key.Setup.Disabled);

    /// <summary>Whether a key would be tried now, places aside.</summary>
    public bool IsUp
    {
        get
        {
            lock (_gate) return !Setup.Off && Array.Exists(_keys, key => key.IsUsable(_time.GetTimestamp()));
        }
    }

    /// <summary>Whether its vendor takes requests of OpenAI's shape.</summary>
    public bool SpeaksOpenAi => Setup is { } setup && setup.Vendor.Passage(new ProviderEndpoint(setup.Name, setup.BaseUrl, "") { Settings = setup.Settings }) is not null;

    /// <summary>Takes over another set of keys; what is known about those that stay is kept.</summary>
    /// <param name="more">Keys beside those of the setup.</param>
    public void Update(ProviderSetup setup, IReadOnlyList<KeySetup> more)
    {
        List<KeySetup> keys = [.. setup.Keys, .. more.Where(key => key.Host is null || key.Host == setup.BaseUrl.Authority)];
        if (keys.Count == 0 && !setup.NeedsKey) keys.Add(new KeySetup(KeyIds.Of(setup.Name, "", ""), "") { Name = "no key" });
        lock (_gate)
        {
            var known = _keys.ToDictionary(key => key.Id);
            var next = new List<PoolKey>(keys.Count);
            foreach (var key in keys.DistinctBy(key => key.Id))
            {
                var endpoint = new ProviderEndpoint(setup.Name, setup.BaseUrl, key.Secret) { KeyId = key.Id, SecretId = key.SecretId, Settings = setup.Settings };
                if (known.GetValueOrDefault(key.Id) is { } old && IsSame(old.Endpoint, endpoint)) old.Setup = key;
                else old = new PoolKey(key, endpoint);
                next.Add(old);
            }
            Volatile.Write(ref _setup, setup);
            Volatile.Write(ref _keys, [.. next]);
            ServeWaiting();
        }
    }

    /// <summary>Gives out a place with the key whose turn it is.</summary>
    /// <param name="tried">Keys that failed this very call.</param>
    public TakeResult TryTake(List<PoolKey>? tried, [NotNullWhen(true)] out PoolKey? key)
    {
        lock (_gate) return Take(tried, out key);
    }

    /// <summary>Gives out a place with a certain key, if it still may be used.</summary>
    public bool TryTake(PoolKey key)
    {
        lock (_gate)
        {
            if (Setup.Off || !key.IsUsable(_time.GetTimestamp()) || key.InFlight >= Setup.MaxConcurrency || !_keys.Contains(key)) return false;
            Occupy(key);
            return true;
        }
    }

    /// <summary>Waits for a place, in the order of coming.</summary>
    /// <exception cref="ProviderException">Too many wait, it took too long, or all keys went out.</exception>
    public async Task<PoolKey> WaitAsync(CancellationToken ct)
    {
        var place = new TaskCompletionSource<PoolKey>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Take(null, out var key) == TakeResult.Taken) return key;
            if (_waiting.Count >= Setup.Resilience.MaxWaiting) throw Unavailable("all places taken", TimeSpan.FromSeconds(1));
            _waiting.AddLast(place);
        }
        try
        {
            return await place.Task.WaitAsync(Setup.Resilience.LongestWait, _time, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_gate) _waiting.Remove(place);
            if (place.Task.IsCompletedSuccessfully) Leave(place.Task.Result);
            if (e is TimeoutException) throw Unavailable("all places taken", TimeSpan.FromSeconds(1));
            throw;
        }
    }

    /// <summary>The key of that id, whatever its health; null when it was removed.</summary>
    public PoolKey? Find(Guid id) => Array.Find(Volatile.Read(ref _keys), key => key.Id == id);

    /// <summary>How long until a key may be tried again; null when only a test can bring one back.</summary>
    public TimeSpan? Comeback()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            TimeSpan? soonest = null;
            foreach (var key in Open)
            {
                if (key.Setup.Disabled || (key.Until == long.MaxValue && !key.Probing)) continue;
                var wait = key.Probing || key.Until <= now ? AfterProbe : _time.GetElapsedTime(now, key.Until);
                if (soonest is null || wait < soonest) soonest = wait;
            }
            return soonest;
        }
    }

    /// <summary>An answer has begun: a key that was being tried is back.</summary>
    public void Begun(PoolKey key, TimeSpan after)
    {
        lock (_gate)
        {
            _figures.Begun(Second(), after);
            if (key.State != KeyState.Healthy) Readmit(key, null);
        }
    }

    /// <summary>A call ended well.</summary>
    public void Succeeded(PoolKey key)
    {
        lock (_gate)
        {
            key.FailuresInARow = 0;
            Count(key, failed: false);
            Vacate(key);
        }
    }

    /// <summary>A call ended badly.</summary>
    public void Failed(PoolKey key, ProviderFault fault)
    {
        lock (_gate)
        {
            var blames = Blames(fault);
            if (fault.Party != ProviderParty.Caller) key.LastFault = fault;
            Count(key, failed: blames || IsRefusal(fault.Kind));
            Judge(key, fault, blames);
            key.Probing = false;
            Vacate(key);
        }
    }

    /// <summary>Gives a place back without a verdict: the caller left.</summary>
    public void Leave(PoolKey key)
    {
        lock (_gate)
        {
            key.Probing = false;
            Vacate(key);
        }
    }

    /// <summary>Brings a key back that a test has found good, of which there is a record already.</summary>
    public void Readmit(Guid id)
    {
        lock (_gate)
        {
            if (Array.Find(_keys, key => key.Id == id) is { State: not KeyState.Healthy } key) Revive(key);
        }
    }

    /// <summary>Brings a key back that a test has found good.</summary>
    /// <param name="detail">Why, for the record.</param>
    public void Readmit(Guid id, string? detail)
    {
        lock (_gate)
        {
            if (Array.Find(_keys, key => key.Id == id) is { State: not KeyState.Healthy } key) Readmit(key, detail);
        }
    }

    /// <summary>A call outside the turn, a poll or a test, has failed: a refusal counts, trouble of the vendor's does not.</summary>
    public void Heard(PoolKey key, ProviderFault fault)
    {
        lock (_gate)
        {
            key.LastFault = fault;
            Judge(key, fault, blames: false);
        }
    }

    /// <summary>Figures and keys at this moment, for the operator.</summary>
    public PoolView View()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var (calls, errors, p50) = _figures.Read(Second());
            var keys = _keys.Select(key => new KeyView(
                key.Setup, key.State, key.State == KeyState.Healthy || key.Until == long.MaxValue ? null : _time.GetUtcNow() + _time.GetElapsedTime(now, Math.Max(now, key.Until)),
                key.InFlight, key.LastUsedAt, key.LastFault)).ToArray();
            return new PoolView(Setup, keys, calls, errors, p50);
        }
    }

    /// <summary>Keys that only a test can bring back.</summary>
    public IReadOnlyList<PoolKey> OutForGood() =>
        [.. Volatile.Read(ref _keys).Where(key => !key.Setup.Disabled && key.State is KeyState.OutOfQuota or KeyState.Unauthorized)];

    public ProviderException Unavailable(string detail, TimeSpan? retryAfter) =>
        new(new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unavailable, Retryable: true, retryAfter, $"{Name}: {detail}"));

    private static bool IsSame(ProviderEndpoint a, ProviderEndpoint b) =>
        a.BaseUrl == b.BaseUrl && a.Secret == b.Secret && a.SecretId == b.SecretId && ReferenceEquals(a.Settings, b.Settings);

    /// <summary>The key itself is refused; another may do.</summary>
    private static bool IsRefusal(ProviderFaultKind kind) =>
        kind is ProviderFaultKind.Throttled or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Unauthorized;

    /// <summary>What speaks against the vendor: a refused text or a used-up key says nothing about its health.</summary>
    private static bool Blames(ProviderFault fault) => fault.Party != ProviderParty.Caller && fault.Kind is
        ProviderFaultKind.ServerError or ProviderFaultKind.Unreachable or ProviderFaultKind.Timeout
        or ProviderFaultKind.InvalidResponse or ProviderFaultKind.Interrupted or ProviderFaultKind.Redirected;

    /// <summary>How long the vendor asked to be left alone; null when it did not.</summary>
    private static TimeSpan? Wish(ProviderFault fault) => fault.RetryAfter > TimeSpan.Zero ? fault.RetryAfter : null;

    /// <summary>Keys new calls may come to.</summary>
    private PoolKey[] Open => Setup.Off ? [] : _keys;

    private TakeResult Take(List<PoolKey>? tried, out PoolKey key)
    {
        var now = _time.GetTimestamp();
        var (limit, total, full) = (Setup.MaxConcurrency, 0L, false);
        PoolKey? best = null;
        foreach (var candidate in Open)
        {
            if (!candidate.IsUsable(now) || tried?.Contains(candidate) == true) continue;
            if (candidate.InFlight >= limit)
            {
                full = true;
                continue;
            }
            total += candidate.Setup.Weight;
            candidate.Credit += candidate.Setup.Weight;
            if (best is null || candidate.Credit > best.Credit) best = candidate;
        }
        key = best!;
        if (best is null) return full ? TakeResult.Full : TakeResult.Out;
        best.Credit -= total;
        Occupy(best);
        return TakeResult.Taken;
    }

    private void Occupy(PoolKey key)
    {
        key.InFlight++;
        if (key.State != KeyState.Healthy) key.Probing = true;
    }

    private void Vacate(PoolKey key)
    {
        key.InFlight--;
        key.LastUsedAt = _time.GetUtcNow();
        ServeWaiting();
    }

    private void Count(PoolKey key, bool failed)
    {
        var second = Second();
        key.Count(second, failed);
        _figures.Ended(second, failed);
    }

    /// <summary>Hands free places to those who wait; sends them away when nobody will ever free one.</summary>
    private void ServeWaiting()
    {
        while (_waiting.First is { Value: var place })
        {
            switch (Take(null, out var key))
            {
                case TakeResult.Taken:
                    place.SetResult(key);
                    break;
                case TakeResult.Out when !Array.Exists(_keys, k => k.Probing):
                    place.SetException(Unavailable("no key is usable", Comeback()));
                    break;
                default:
                    return;
            }
            _waiting.RemoveFirst();
        }
    }

    private void Judge(PoolKey key, ProviderFault fault, bool blames)
    {
        switch (fault.Kind)
        {
            case ProviderFaultKind.Throttled:
                TakeOut(key, KeyState.Throttled, Wish(fault) ?? Backoff(TimeSpan.FromSeconds(1), key), KeyEventKind.Throttled, fault);
                break;
            case ProviderFaultKind.QuotaExhausted:
                TakeOut(key, KeyState.OutOfQuota, null, KeyEventKind.OutOfQuota, fault);
                break;
            case ProviderFaultKind.Unauthorized:
                TakeOut(key, KeyState.Unauthorized, null, KeyEventKind.Unauthorized, fault);
                break;
            case ProviderFaultKind.Rejected when fault.Stage == ProviderStage.FirstByte && key.Probing:
                Readmit(key, "answers"); // whoever finds fault with a request has let the key in
                break;
            default:
                if (blames) JudgeVendor(key, fault);
                break;
        }
    }

    private void JudgeVendor(PoolKey key, ProviderFault fault)
    {
        var options = Setup.Resilience;
        key.FailuresInARow++;
        if (key.State is KeyState.OutOfQuota or KeyState.Unauthorized) return;
        if (Wish(fault) is { } wish)
        {
            TakeOut(key, KeyState.Open, wish, KeyEventKind.Opened, fault);
            return;
        }
        var (calls, failures) = key.Recent(Second());
        // Where others of the pool do work, the fault is this key's, and leaving it alone costs nobody anything.
        var enough = Array.Exists(_keys, other => other != key && other is { State: KeyState.Healthy, FailuresInARow: 0, Setup.Disabled: false })
            ? Math.Min(EnoughAmongHealthy, options.BreakAfter)
            : options.BreakAfter;
        if (key.State != KeyState.Healthy || key.FailuresInARow >= enough
            || (calls >= options.BreakAtLeastCalls && failures >= calls * options.BreakAtFailureShare))
            TakeOut(key, KeyState.Open, Backoff(options.BreakFor, key), KeyEventKind.Opened, fault);
    }

    /// <param name="wait">Until one call may try; null for ever.</param>
    private void TakeOut(PoolKey key, KeyState state, TimeSpan? wait, KeyEventKind happened, ProviderFault fault)
    {
        var until = wait is { } span ? _time.GetTimestamp() + (long)(Min(span, LongestCoolDown).TotalSeconds * _time.TimestampFrequency) : long.MaxValue;
        // Calls that were under way when the key went out fail too; that is no news, and must not shorten the wait.
        var news = key.State != state || key.Probing;
        key.Until = key.State == state && !key.Probing ? Math.Max(key.Until, until) : until;
        key.State = state;
        if (!news) return;
        key.Trips++;
        key.TrippedAt = _time.GetTimestamp();
        key.FailuresInARow = 0;
        _events.Record(new KeyEvent(_time.GetUtcNow(), Name, key.Id, happened, fault.Detail));
    }

    private void Readmit(PoolKey key, string? detail)
    {
        _events.Record(new KeyEvent(_time.GetUtcNow(), Name, key.Id, key.State == KeyState.Open ? KeyEventKind.Closed : KeyEventKind.Recovered, detail));
        Revive(key);
    }

    private void Revive(PoolKey key)
    {
        (key.State, key.Until, key.Probing, key.FailuresInARow) = (KeyState.Healthy, 0, false, 0);
        key.Forget();
        ServeWaiting();
    }

    /// <summary>Doubled with every trip of late, jittered by half.</summary>
    private TimeSpan Backoff(TimeSpan first, PoolKey key)
    {
        if (_time.GetElapsedTime(key.TrippedAt) > ForgetTripsAfter) key.Trips = 0;
        var longest = first > LongestBreak ? first : LongestBreak;
        return Min(first * Math.Pow(2, Math.Min(key.Trips, 10)), longest) * (1 + (0.5 * _random()));
    }

    private long Second() => _time.GetTimestamp() / _time.TimestampFrequency;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>A pool as an operator sees it.</summary>
/// <param name="FirstByteP50">Milliseconds; null when nothing was called of late.</param>
internal sealed record PoolView(ProviderSetup Setup, IReadOnlyList<KeyView> Keys, int Calls, int Errors, double? FirstByteP50);

/// <summary>A key as an operator sees it.</summary>
/// <param name="Until">When a key that is out is tried again; null when a test has to bring it back.</param>
internal sealed record KeyView(KeySetup Setup, KeyState State, DateTimeOffset? Until, int InFlight, DateTimeOffset? LastUsedAt, ProviderFault? LastFault);
