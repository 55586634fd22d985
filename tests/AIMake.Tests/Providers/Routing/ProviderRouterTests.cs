using System.Collections.Frozen;
using AIMake.Catalog.Changes;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Providers.Routing;

/// <summary>Where a call goes, and goes next.</summary>
public sealed class ProviderRouterTests : IDisposable
{
    private static readonly ProviderFault Broken = new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, true);
    private static readonly ProviderFault Unreachable = new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unreachable, true);
    private static readonly ProviderFault Throttled = new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Throttled, true, TimeSpan.FromSeconds(20));
    private static readonly ProviderFault Quota = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false);
    private static readonly ProviderFault Unauthorized = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.Unauthorized, false);
    private static readonly ProviderFault Rejected = new(ProviderStage.FirstByte, ProviderParty.Caller, ProviderFaultKind.Rejected, false);

    private readonly ManualTime _time = new();
    private readonly List<string> _seen = [];
    private readonly Dictionary<string, ProviderFault> _faults = [];
    private readonly List<RouterBed> _beds = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _beds.ForEach(bed => bed.Dispose());

    [Fact]
    public async Task One_key_throttled_one_used_up_one_dead_and_no_client_notices()
    {
        var bed = Bed(("p", "a b c d e"));
        (_faults["a"], _faults["b"], _faults["c"]) = (Throttled, Quota, Broken);

        for (var i = 0; i < 200; i++)
        {
            Assert.Contains(await CallAsync(bed, "p"), "de", StringComparison.Ordinal);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal([KeyEventKind.Throttled, KeyEventKind.OutOfQuota, KeyEventKind.Opened], bed.Events.Select(e => e.Kind).Distinct());
        Assert.Equal((1, 1, 3), (_seen.Count(key => key == "a"), _seen.Count(key => key == "b"), _seen.Count(key => key == "c")));
    }

    [Fact]
    public async Task Two_of_five_keys_killed_at_once_change_nothing_for_the_client()
    {
        foreach (var death in new[] { Unreachable, Broken, Unauthorized })
        {
            var bed = Bed(("p", "a b c d e"));
            for (var i = 0; i < 20; i++) await CallAsync(bed, "p");
            (_faults["a"], _faults["b"]) = (death, death);

            for (var i = 0; i < 200; i++)
            {
                await CallAsync(bed, "p");
                _time.Advance(TimeSpan.FromMilliseconds(50));
            }
            _faults.Clear();
        }
    }

    /// <summary>F31, first half.</summary>
    [Fact]
    public async Task A_channel_half_broken_is_ejected_within_ten_seconds_and_hardly_anybody_notices()
    {
        var bed = Bed(("p", "a b c"));
        var chance = new Random(31);
        var (errors, calls) = (0, 12_000);
        var broken = true;
        for (var i = 0; i < calls; i++) // a minute at 200 calls a second
        {
            if (i == calls / 2) broken = false;
            try
            {
                await CallAsync(bed, "p", key => broken && key == "a" && chance.Next(2) == 0 ? Broken : null);
            }
            catch (ProviderException)
            {
                errors++;
            }
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        Assert.InRange(errors, 0, calls / 100);
        Assert.InRange(_seen.Count, calls, calls * 1.2);
        Assert.InRange(bed.Events.First().At - _events0, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.InRange(_seen.Take(_seen.Count / 2).Count(key => key == "a"), 1, calls / 20); // left in peace while broken
        Assert.InRange(_seen.TakeLast(300).Count(key => key == "a"), 99, 101); // and back in its turn
    }

    /// <summary>F31, second half.</summary>
    [Fact]
    public async Task When_all_is_down_nobody_waits_and_the_vendor_is_not_stormed()
    {
        var bed = Bed(("p", "a"), ("q", "b"), ("r", "c"));
        foreach (var key in new[] { "a", "b", "c" }) _faults[key] = Broken;
        var calls = new List<Task<string>>();
        var late = new List<ProviderFault>();
        for (var i = 0; i < 12_000; i++)
        {
            calls.Add(CallAsync(bed, "p q r"));
            if (calls[^1].IsFaulted && i > 1_000) late.Add(((ProviderException)calls[^1].Exception!.InnerException!).Fault);
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }
        _time.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(calls).ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.All(calls, call => Assert.True(call.IsFaulted));
        Assert.InRange(late.Count, 10_900, 11_000); // refused at once, but for a few probes
        Assert.All(late.Where(fault => fault.Kind == ProviderFaultKind.Unavailable), fault => Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(90)));
        Assert.InRange(_seen.Count, 1, 300); // of 12,000 offered

        _faults.Clear();
        await CallAsync(bed, "p q r");
    }

    [Fact]
    public async Task What_the_caller_did_wrong_is_told_by_the_first_key()
    {
        var bed = Bed(("p", "a b"), ("q", "c"));
        (_faults["a"], _faults["b"]) = (Rejected, Rejected);

        Assert.Equal(Rejected, await FaultAsync(bed, "p q"));
        Assert.Equal(["a"], _seen);
    }

    /// <summary>F26.</summary>
    [Fact]
    public async Task Failures_of_the_vendor_lead_to_one_other_route_at_most()
    {
        var bed = Bed(("p", "a"), ("q", "b"), ("r", "c"));
        (_faults["a"], _faults["b"]) = (Broken, Broken);

        var call = CallAsync(bed, "p q r");
        _time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<ProviderException>(() => call);
        Assert.Equal(["a", "b", "b"], _seen);
    }

    [Fact]
    public async Task Retries_keep_to_their_budget()
    {
        var bed = Bed(("p", "a b"));
        (_faults["a"], _faults["b"]) = (Broken with { RetryAfter = null }, Broken);
        bed.Setups = [bed.Setups[0] with { Resilience = new ResilienceOptions { BreakAfter = 1000, BreakAtLeastCalls = 1000 } }];
        var calls = Enumerable.Range(0, 100).Select(_ => CallAsync(bed, "p")).ToList();
        for (var i = 0; i < 100; i++) _time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.WhenAll(calls).ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.InRange(_seen.Count, 103, 120);
    }

    [Fact]
    public async Task A_paid_start_is_not_repeated_once_it_may_have_happened()
    {
        var bed = Bed(("p", "a b"));
        (_faults["a"], _faults["b"]) = (Broken, Broken);
        Assert.Equal(Broken, await FaultAsync(bed, "p", once: true));
        Assert.Single(_seen);

        foreach (var unstarted in new[] { Unreachable, Throttled })
        {
            _seen.Clear();
            bed = Bed(("p", "a b"));
            _faults["a"] = unstarted;
            _faults.Remove("b");
            Assert.Equal("b", await CallAsync(bed, "p", once: true));
            Assert.Equal(["a", "b"], _seen);
        }
    }

    [Fact]
    public async Task A_long_task_is_asked_about_with_the_key_that_started_it_even_while_that_rests()
    {
        var bed = Bed(("p", "a b"));
        var started = (await bed.Router.RunAsync(Query("p"), (lease, _) => Task.FromResult(lease.Endpoint.KeyId), Ct)).Answer;
        _faults["a"] = Throttled;
        for (var i = 0; i < 4; i++) await CallAsync(bed, "p");

        using (var lease = await bed.Router.ReopenAsync("p", started, Guid.Empty, Ct)) Assert.Equal("a", lease.Endpoint.Secret);

        bed.Setups = [RouterBed.Provider("p", new ScriptedVendor(), RouterBed.Key("b"))];
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => bed.Router.ReopenAsync("p", started, Guid.Empty, Ct))).Fault;
        Assert.Equal(ProviderFaultKind.Unavailable, fault.Kind);
    }

    [Fact]
    public async Task A_users_own_key_is_used_instead_of_ours_and_told_how_it_went()
    {
        var user = Guid.CreateVersion7();
        var keys = new OwnKeys(user, "q");
        var bed = Bed(keys, ("p", "a"), ("q", "b"));

        var (secret, lease) = await bed.Router.RunAsync(Query("p q") with { OwnKeyOf = user }, (of, _) => Task.FromResult(of.Endpoint.Secret), Ct);
        lease.Dispose();

        Assert.Equal(("own", true, "q"), (secret, lease.OwnKey, lease.Route.Provider));
        Assert.Equal([null], keys.Told);
        var stranger = await Assert.ThrowsAsync<ProviderException>(() => bed.Router.RunAsync(Query("p q") with { OwnKeyOf = Guid.Empty }, (of, _) => Task.FromResult(0), Ct));
        Assert.Equal((ProviderFaultKind.Unavailable, ProviderParty.Caller), (stranger.Fault.Kind, stranger.Fault.Party));
    }

    [Fact]
    public async Task Routes_go_by_price_with_the_unknown_last()
    {
        var bed = Bed(("p", "a"), ("q", "b"), ("r", "c"));
        var query = new RouteQuery([new Route("p", "m"), new Route("q", "m", Cost: 2), new Route("r", "m", Cost: 1)], RouteChoice.Price);

        Assert.Equal("c", await CallAsync(bed, query));
        _faults["c"] = Unauthorized;
        Assert.Equal("b", await CallAsync(bed, query));
        _faults["b"] = Unauthorized;
        Assert.Equal("a", await CallAsync(bed, query));
    }

    [Fact]
    public async Task Routes_go_by_speed_and_the_unmeasured_get_their_turn()
    {
        var bed = Bed(("p", "a"), ("q", "b"));
        var query = Query("p q") with { Choice = RouteChoice.Speed };
        async Task<string> Timed() => await CallAsync(bed, query, key =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(key == "a" ? 300 : 100));
            return null;
        });

        Assert.Equal(["a", "b", "b", "b"], [await Timed(), await Timed(), await Timed(), await Timed()]);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("a", await Timed());
    }

    [Fact]
    public async Task Routes_go_by_weight()
    {
        var bed = Bed(new Random(7).NextDouble, null, ("p", "a"), ("q", "b"));
        var query = new RouteQuery([new Route("p", "m", Weight: 3), new Route("q", "m", Weight: 1)], RouteChoice.Weight);
        for (var i = 0; i < 1000; i++) await CallAsync(bed, query);

        Assert.InRange(_seen.Count(key => key == "a"), 700, 800);
    }

    [Fact]
    public async Task A_busy_route_is_passed_by_for_a_free_one()
    {
        var bed = Bed(("p", "a"), ("q", "b"));
        bed.Setups = [.. bed.Setups.Select(setup => setup with { MaxConcurrency = 1 })];
        var first = await bed.Router.RunAsync(Query("p q"), (lease, _) => Task.FromResult(0), Ct);

        Assert.Equal("b", await CallAsync(bed, "p q"));
        first.Lease.Dispose();
        first.Lease.Dispose(); // once is enough, twice does no harm
        Assert.Equal("a", await CallAsync(bed, "p q"));
    }

    [Fact]
    public async Task One_who_leaves_before_the_answer_frees_the_place_and_blames_nobody()
    {
        var bed = Bed(("p", "a"));
        using var patience = new CancellationTokenSource();
        var call = bed.Router.RunAsync(Query("p"), async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 0;
        }, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        var key = Assert.Single(bed.Registry.Find("p")!.View().Keys);
        Assert.Equal((0, null), (key.InFlight, key.LastFault));
        Assert.Contains("aimake.provider.calls{provider=p,outcome=canceled} 1", bed.Recorded);
    }

    [Fact]
    public async Task Keys_and_providers_come_and_go_while_running()
    {
        var bed = Bed(("p", "a"));
        bed.Added = new Dictionary<string, IReadOnlyList<KeySetup>> { ["p"] = [RouterBed.Key("added") with { Stored = true }] };
        Assert.Equal(["a", "added"], new[] { await CallAsync(bed, "p"), await CallAsync(bed, "p") }.Order());

        bed.Setups = [RouterBed.Provider("late", new ScriptedVendor(), RouterBed.Key("z"))];
        Assert.Equal("z", await CallAsync(bed, "late"));
        Assert.False(bed.Router.IsOffered("p"));
        Assert.Equal(ProviderParty.Us, (await FaultAsync(bed, "p")).Party);
    }

    [Fact]
    public async Task A_thousand_calls_at_once_never_pass_the_places_and_all_end()
    {
        var bed = Bed(("p", "a b c"));
        bed.Setups = [bed.Setups[0] with { MaxConcurrency = 4, Resilience = new ResilienceOptions { MaxWaiting = 2000 } }];
        var (running, most) = (0, 0);
        var calls = Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            var (_, lease) = await bed.Router.RunAsync(Query("p"), async (_, _) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                return 0;
            }, Ct);
            Interlocked.Decrement(ref running);
            lease.Dispose();
        }, Ct));
        await Task.WhenAll(calls);

        Assert.InRange(most, 2, 12);
        Assert.All(bed.Registry.Find("p")!.View().Keys, key => Assert.Equal(0, key.InFlight));
    }

    [Fact]
    public async Task A_call_costs_no_more_memory_than_its_lease()
    {
        using var bed = new RouterBed(_time, [RouterBed.Provider("p", new ScriptedVendor(), RouterBed.Key("a"), RouterBed.Key("b"))], listens: false);
        var query = Query("p");
        async Task CallsAsync(int calls)
        {
            for (var i = 0; i < calls; i++) (await bed.Router.RunAsync(query, static (_, _) => Done, Ct)).Lease.Dispose();
        }
        await CallsAsync(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await CallsAsync(1000);

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes a call");
        Assert.InRange(bytes, 1, 800);
    }

    private static readonly Task<int> Done = Task.FromResult(0);

    private readonly DateTimeOffset _events0 = new ManualTime().GetUtcNow();

    private static void InterlockedMax(ref int most, int now)
    {
        int known;
        while ((known = Volatile.Read(ref most)) < now) Interlocked.CompareExchange(ref most, now, known);
    }

    private static RouteQuery Query(string providers) => new([.. providers.Split(' ').Select(name => new Route(name, "m"))]);

    private static async Task<ProviderFault> FaultOf(Task call) => (await Assert.ThrowsAsync<ProviderException>(() => call)).Fault;

    private Task<ProviderFault> FaultAsync(RouterBed bed, string providers, bool once = false) => FaultOf(CallAsync(bed, providers, once: once));

    private Task<string> CallAsync(RouterBed bed, string providers, Func<string, ProviderFault?>? fault = null, bool once = false) =>
        CallAsync(bed, Query(providers) with { Once = once }, fault);

    private async Task<string> CallAsync(RouterBed bed, RouteQuery query, Func<string, ProviderFault?>? fault = null)
    {
        var (answer, lease) = await bed.Router.RunAsync(query, (lease, _) =>
        {
            var key = lease.Endpoint.Secret;
            lock (_seen) _seen.Add(key);
            return (fault is null ? _faults.GetValueOrDefault(key) : fault(key)) is { } failed ? Task.FromException<string>(new ProviderException(failed)) : Task.FromResult(key);
        }, Ct);
        lease.Dispose();
        return answer;
    }

    [Fact]
    public async Task A_provider_that_is_switched_off_is_passed_by_with_pooled_keys_and_own_ones()
    {
        var user = Guid.NewGuid();
        var bed = Bed(new OwnKeys(user, "p"), ("p", "p1"), ("q", "q1"));
        bed.Decided = CatalogOverrides.None with { ProvidersOff = new[] { "p" }.ToFrozenSet() };

        Assert.Equal("q1", await CallAsync(bed, Query("p q")));
        Assert.False(bed.Router.IsOffered("p"));
        var own = await Assert.ThrowsAsync<ProviderException>(() => CallAsync(bed, Query("p q") with { OwnKeyOf = user }));
        Assert.Equal(ProviderParty.Caller, own.Fault.Party);
        var key = bed.Registry.Find("p")!.View().Keys.Single().Setup.Id;
        using (var task = await bed.Router.ReopenAsync("p", key, user, Ct)) Assert.Equal("p1", task.Endpoint.Secret); // what it has begun is asked about

        bed.Decided = CatalogOverrides.None;
        Assert.Equal("p1", await CallAsync(bed, Query("p q")));
    }

    private RouterBed Bed(params (string Provider, string Keys)[] providers) => Bed(null, null, providers);

    private RouterBed Bed(IOwnKeys keys, params (string Provider, string Keys)[] providers) => Bed(null, keys, providers);

    private RouterBed Bed(Func<double>? random, IOwnKeys? keys, params (string Provider, string Keys)[] providers)
    {
        var bed = new RouterBed(_time, [.. providers.Select(of => RouterBed.Provider(of.Provider, new ScriptedVendor(), [.. of.Keys.Split(' ').Select(key => RouterBed.Key(key))]))], keys, random);
        _beds.Add(bed);
        return bed;
    }

    private sealed class OwnKeys(Guid user, string provider) : IOwnKeys
    {
        public List<ProviderFault?> Told { get; } = [];

        public ValueTask<ProviderEndpoint?> FindAsync(Guid userId, string of, CancellationToken ct) =>
            new(userId == user && of == provider ? new ProviderEndpoint(of, new Uri("https://own.example"), "own") : null);

        public ValueTask<bool> IsRefusedAsync(Guid userId, string name, CancellationToken ct) => default;

        public void Used(Guid userId, ProviderEndpoint endpoint, ProviderFault? fault) => Told.Add(fault);
    }
}
