using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Providers.Routing;

/// <summary>Who gets the next call, and who is out for how long.</summary>
public sealed class KeyPoolTests : IKeyEventSink
{
    private static readonly ProviderFault Broken = new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, true);
    private static readonly ProviderFault Quota = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false);
    private static readonly ProviderFault Refused = new(ProviderStage.FirstByte, ProviderParty.Caller, ProviderFaultKind.Rejected, false);

    private readonly ManualTime _time = new();
    private readonly List<KeyEvent> _events = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    void IKeyEventSink.Record(KeyEvent happened) => _events.Add(happened);

    [Fact]
    public void Keys_take_turns_in_exact_proportion_to_their_weights_whatever_they_are()
    {
        var weights = Gen.Choose(1, 50).NonEmptyListOf().Select(list => list.Take(8).ToArray());

        Prop.ForAll(weights.ToArbitrary(), of =>
        {
            var pool = Pool([.. of.Select((weight, i) => RouterBed.Key($"k{i}", weight))]);
            var picked = new Dictionary<string, int>();
            for (var i = 0; i < of.Sum() * 2; i++)
            {
                var name = Use(pool);
                picked[name] = picked.GetValueOrDefault(name) + 1;
            }
            return of.Select((weight, i) => picked[$"k{i}"] == weight * 2).All(fair => fair);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Turns_are_spread_out_not_taken_in_a_row()
    {
        var pool = Pool(RouterBed.Key("big", 5), RouterBed.Key("b"), RouterBed.Key("c"));

        Assert.Equal("big big b big c big big", string.Join(' ', Enumerable.Range(0, 7).Select(_ => Use(pool))));
    }

    [Fact]
    public void A_throttled_key_rests_as_long_as_it_was_told_and_then_one_call_tries_it()
    {
        var pool = Pool(RouterBed.Key("a"));
        Fail(pool, Throttled(30));

        Assert.Equal((TakeResult.Out, TimeSpan.FromSeconds(30)), (pool.TryTake(null, out _), pool.Comeback()));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TakeResult.Taken, pool.TryTake(null, out var probe));
        Assert.Equal(TakeResult.Out, pool.TryTake(null, out _));
        pool.Begun(probe!, TimeSpan.FromMilliseconds(5));
        Assert.Equal(TakeResult.Taken, pool.TryTake(null, out _));
        Assert.Equal([KeyEventKind.Throttled, KeyEventKind.Recovered], _events.Select(e => e.Kind));
    }

    [Fact]
    public void Throttled_again_without_a_word_how_long_it_rests_longer_each_time_up_to_a_bound()
    {
        var pool = Pool(RouterBed.Key("a"));
        var waits = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            Fail(pool, Throttled(null));
            waits.Add(pool.Comeback()!.Value.TotalSeconds);
            _time.Advance(pool.Comeback()!.Value);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], waits);
    }

    [Fact]
    public void A_used_up_key_stays_out_until_a_test_finds_it_good()
    {
        var pool = Pool(RouterBed.Key("a"));
        Fail(pool, Quota);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((TakeResult.Out, (TimeSpan?)null), (pool.TryTake(null, out _), pool.Comeback()));
        Assert.Single(pool.OutForGood());
        pool.Readmit(RouterBed.Key("a").Id, "tested");
        Assert.Equal("a", Use(pool));
        Assert.Equal([(KeyEventKind.OutOfQuota, null), (KeyEventKind.Recovered, "tested")], _events.Select(e => (e.Kind, e.Detail)));
    }

    [Fact]
    public void Five_failures_in_a_row_open_a_key_and_fewer_do_not()
    {
        var pool = Pool(RouterBed.Key("a"));
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 4; i++) Fail(pool, Broken);
            for (var i = 0; i < 5; i++) Use(pool); // keeps the share below a half
            _time.Advance(TimeSpan.FromSeconds(11));
        }
        Assert.Empty(_events);

        for (var i = 0; i < 5; i++) Fail(pool, Broken);
        Assert.Equal(TakeResult.Out, pool.TryTake(null, out _));
        Assert.Equal(KeyEventKind.Opened, Assert.Single(_events).Kind);
    }

    [Fact]
    public void Half_of_the_calls_failing_opens_a_key_although_never_five_in_a_row()
    {
        var pool = Pool(RouterBed.Key("a"));
        for (var i = 0; i < 4; i++)
        {
            Use(pool);
            Fail(pool, Broken);
        }

        Assert.Equal(TakeResult.Out, pool.TryTake(null, out _));
    }

    [Fact]
    public void A_probe_that_fails_doubles_the_rest_and_one_that_is_left_counts_for_nothing()
    {
        var pool = Pool(RouterBed.Key("a"));
        for (var i = 0; i < 5; i++) Fail(pool, Broken);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TakeResult.Taken, pool.TryTake(null, out var left));
        pool.Leave(left!);

        Fail(pool, Broken);

        Assert.Equal(TimeSpan.FromSeconds(10), pool.Comeback());
    }

    [Fact]
    public void What_the_caller_did_wrong_is_not_held_against_a_key_and_proves_it_alive()
    {
        var pool = Pool(RouterBed.Key("a"));
        for (var i = 0; i < 50; i++) Fail(pool, Refused);
        Assert.Empty(_events);

        for (var i = 0; i < 5; i++) Fail(pool, Broken);
        _time.Advance(TimeSpan.FromSeconds(5));
        Fail(pool, Refused);

        Assert.Equal(KeyState.Healthy, Assert.Single(pool.View().Keys).State);
        Assert.Equal(KeyEventKind.Closed, _events[^1].Kind);
    }

    [Fact]
    public void Calls_that_were_under_way_when_a_key_went_out_are_no_news()
    {
        var pool = Pool(RouterBed.Key("a"));
        var running = Enumerable.Range(0, 20).Select(_ => pool.TryTake(null, out var key) == TakeResult.Taken ? key : null).ToList();
        foreach (var key in running) pool.Failed(key!, Throttled(10));

        Assert.Single(_events);
        Assert.Equal(TimeSpan.FromSeconds(10), pool.Comeback());
        Assert.Equal(0, Assert.Single(pool.View().Keys).InFlight);
    }

    [Fact]
    public async Task A_freed_place_goes_to_whoever_waited_longest()
    {
        var pool = Pool(1, RouterBed.Key("a"));
        pool.TryTake(null, out var first);
        Task<PoolKey>[] waiting = [pool.WaitAsync(Ct), pool.WaitAsync(Ct)];

        pool.Succeeded(first!);
        var second = await waiting[0];
        Assert.False(waiting[1].IsCompleted);
        pool.Leave(second);

        await waiting[1];
        Assert.Equal(1, Assert.Single(pool.View().Keys).InFlight);
    }

    [Fact]
    public async Task Waiting_ends_at_its_limit_and_when_there_is_nothing_left_to_wait_for()
    {
        var pool = Pool(1, RouterBed.Key("a"));
        pool.TryTake(null, out var taken);
        var patient = pool.WaitAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ProviderFaultKind.Unavailable, (await Assert.ThrowsAsync<ProviderException>(() => patient)).Fault.Kind);

        var hopeful = pool.WaitAsync(Ct);
        pool.Failed(taken!, Throttled(60));

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => hopeful)).Fault;
        Assert.Equal((ProviderFaultKind.Unavailable, TimeSpan.FromSeconds(60)), (fault.Kind, fault.RetryAfter!.Value));
    }

    [Fact]
    public async Task One_who_stops_waiting_leaves_no_place_taken()
    {
        var pool = Pool(1, RouterBed.Key("a"));
        pool.TryTake(null, out var taken);
        using var patience = new CancellationTokenSource();
        var waiting = pool.WaitAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        pool.Succeeded(taken!);

        Assert.Equal("a", Use(pool));
    }

    [Fact]
    public void Another_set_of_keys_keeps_what_is_known_about_those_that_stay()
    {
        var (a, b, c) = (RouterBed.Key("a"), RouterBed.Key("b"), RouterBed.Key("c"));
        var pool = Pool(a, b);
        pool.TryTake(null, out var first);
        pool.Failed(first!, Quota);

        pool.Update(RouterBed.Provider("test", new ScriptedVendor(), a with { Weight = 3 }, c), []);

        Assert.Equal([("a", KeyState.OutOfQuota), ("c", KeyState.Healthy)], pool.View().Keys.Select(key => (key.Setup.Name, key.State)));
        Assert.Null(pool.Find(b.Id));
        Assert.Equal("c", Use(pool));
    }

    [Fact]
    public void A_disabled_key_takes_no_calls_but_is_still_known()
    {
        var pool = Pool(RouterBed.Key("a") with { Disabled = true });

        Assert.Equal((TakeResult.Out, false), (pool.TryTake(null, out _), pool.IsOffered));
        Assert.NotNull(pool.Find(RouterBed.Key("a").Id));
    }

    [Fact]
    public void Figures_are_those_of_the_last_five_minutes()
    {
        var pool = Pool(RouterBed.Key("a"));
        Fail(pool, Throttled(1));
        _time.Advance(TimeSpan.FromSeconds(200));
        for (var i = 0; i < 9; i++) Use(pool);
        Assert.Equal((10, 1, 5.0), (pool.View().Calls, pool.View().Errors, pool.View().FirstByteP50!.Value));

        _time.Advance(TimeSpan.FromSeconds(150));
        Assert.Equal((9, 0), (pool.View().Calls, pool.View().Errors));
        _time.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal((0, 0, (double?)null), (pool.View().Calls, pool.View().Errors, pool.View().FirstByteP50));
    }

    private static ProviderFault Throttled(int? seconds) =>
        new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Throttled, true, seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);

    private static string Use(KeyPool pool)
    {
        Assert.Equal(TakeResult.Taken, pool.TryTake(null, out var key));
        pool.Begun(key!, TimeSpan.FromMilliseconds(5));
        pool.Succeeded(key!);
        return key!.Setup.Name;
    }

    private static void Fail(KeyPool pool, ProviderFault fault)
    {
        Assert.Equal(TakeResult.Taken, pool.TryTake(null, out var key));
        pool.Failed(key!, fault);
    }

    private KeyPool Pool(params KeySetup[] keys) => Pool(100, keys);

    private KeyPool Pool(int places, params KeySetup[] keys) =>
        new(RouterBed.Provider("test", new ScriptedVendor(), keys) with { MaxConcurrency = places }, [], _time, () => 0, this);
}
