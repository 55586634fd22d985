using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;
using AIMake.Tests.Platform.Outbound;
using AIMake.Tests.Providers.Routing;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>Adapter, router and way out together, against the simulator having a bad day. The simulator's book is the judge.</summary>
public sealed class OpenAiBadDaysTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>, IDisposable
{
    private readonly List<IDisposable> _made = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _made.ForEach(made => made.Dispose());

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_failing_vendor_is_asked_again_and_the_listener_hears_one_whole_answer(int status)
    {
        var key = $"sk-f26-{status}";
        await simulator.FaultsAsync(new { key, failStatus = status, failTimes = 2 });

        var spoken = await SpeakAsync(Create(key));

        var book = await simulator.BookAsync(key);
        Assert.Equal([status, status, 200], book.Select(call => call.Status));
        Assert.Equal(book[^1].Bytes, spoken.Pcm.Length);
        Assert.Equal("completed", book[^1].End);
    }

    [Fact]
    public async Task A_throttled_key_is_left_in_peace_for_as_long_as_the_vendor_says()
    {
        await simulator.FaultsAsync(new { key = "sk-f26-429", throttle = new { retryAfter = 7 }, failTimes = 1 });
        var time = new Hosting.ManualTime();
        var provider = Create("sk-f26-429", clock: time);

        Assert.Equal(ProviderFaultKind.Throttled, (await FaultAsync(provider)).Kind);
        Assert.Equal((ProviderFaultKind.Unavailable, TimeSpan.FromSeconds(7)), await FaultAsync(provider) is var fault ? (fault.Kind, fault.RetryAfter!.Value) : default);
        time.Advance(TimeSpan.FromSeconds(7));
        await SpeakAsync(provider);

        Assert.Equal([429, 200], (await simulator.BookAsync("sk-f26-429")).Select(call => call.Status));
    }

    [Theory]
    [InlineData("insufficient_quota", 429, ProviderFaultKind.QuotaExhausted)]
    [InlineData(null, 401, ProviderFaultKind.Unauthorized)]
    [InlineData(null, 403, ProviderFaultKind.Unauthorized)]
    [InlineData(null, 400, ProviderFaultKind.Rejected)]
    internal async Task What_no_retry_can_mend_is_asked_once(string? code, int status, ProviderFaultKind kind)
    {
        var key = $"sk-once-{status}";
        await simulator.FaultsAsync(new { key, failStatus = status, failCode = code });

        Assert.Equal(kind, (await FaultAsync(Create(key))).Kind);
        Assert.Single(await simulator.BookAsync(key));
    }

    [Theory]
    [InlineData("html", ProviderFaultKind.ServerError, 3)]
    [InlineData("json", ProviderFaultKind.InvalidResponse, 3)]
    [InlineData("empty", ProviderFaultKind.InvalidResponse, 3)]
    [InlineData("redirect", ProviderFaultKind.Redirected, 1)]
    [InlineData("oddByte", ProviderFaultKind.InvalidResponse, 1)]
    [InlineData("badWav", ProviderFaultKind.InvalidResponse, 3)]
    internal async Task A_broken_answer_is_never_taken_for_sound(string malformed, ProviderFaultKind kind, int calls)
    {
        var key = $"sk-broken-{malformed}";
        await simulator.FaultsAsync(new { key, malformed });

        Assert.Equal(kind, (await FaultAsync(Create(key))).Kind);
        Assert.Equal(calls, (await simulator.BookAsync(key)).Count);
    }

    [Theory]
    [InlineData("pcm", 0, ProviderStage.FirstByte, 3)]
    [InlineData("pcm", 5000, ProviderStage.Stream, 1)]
    [InlineData("wav", 5000, ProviderStage.Stream, 1)]
    internal async Task A_cut_is_mended_unheard_before_the_first_sound_and_never_after_it(string format, long after, ProviderStage stage, int calls)
    {
        var key = $"sk-cut-{format}-{after}";
        await simulator.FaultsAsync(new { key, cutAfterBytes = after });

        var fault = await FaultAsync(Create(key, format: format));

        Assert.Equal((stage, ProviderFaultKind.Interrupted, true), (fault.Stage, fault.Kind, fault.Retryable));
        var book = await simulator.BookWhenAsync(key, book => book.All(call => call.End != "running"));
        Assert.Equal(calls, book.Count);
        Assert.All(book, call => Assert.Equal(("cut", after), (call.End, call.Bytes)));
    }

    [Fact]
    public async Task A_vendor_that_never_starts_and_one_that_falls_silent_end_at_their_limits()
    {
        await simulator.FaultsAsync(new { key = "sk-mute", firstByteMs = 600_000 });
        await simulator.FaultsAsync(new { key = "sk-silent", stallAfterBytes = 5000 });

        var mute = await FaultAsync(Create("sk-mute", outbound => outbound.FirstByteTimeout = OutboundTestBed.Short, retries: 0));
        var silent = await FaultAsync(Create("sk-silent", outbound => outbound.IdleTimeout = OutboundTestBed.Short));

        Assert.Equal((ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout), (mute.Stage, mute.Party, mute.Kind));
        Assert.Equal((ProviderStage.Stream, ProviderParty.Clock, ProviderFaultKind.Timeout), (silent.Stage, silent.Party, silent.Kind));
        Assert.Single(await simulator.BookAsync("sk-silent"));
    }

    [Fact]
    public async Task A_listener_who_leaves_is_noticed_by_the_vendor()
    {
        await simulator.FaultsAsync(new { key = "sk-left", stallAfterBytes = 5000 });

        await foreach (var _ in Create("sk-left").SynthesizeAsync(OpenAiTestBed.Hello with { Text = new string('a', 400) }, Ct)) break;

        var call = Assert.Single(await simulator.BookWhenAsync("sk-left", book => book.All(call => call.End != "running")));
        Assert.Equal("callerGone", call.End);
    }

    [Fact]
    public async Task A_vendor_that_is_down_is_left_in_peace_and_probed_back()
    {
        var time = new Hosting.ManualTime();
        await simulator.FaultsAsync(new { key = "sk-down", failStatus = 503 });
        var provider = Create("sk-down", clock: time, retries: 0);
        for (var i = 0; i < 50; i++) await FaultAsync(provider);

        Assert.Equal(5, (await simulator.BookAsync("sk-down")).Count);
        Assert.Equal(ProviderFaultKind.Unavailable, (await FaultAsync(provider)).Kind);

        await simulator.FaultsAsync(new { key = "sk-down" });
        time.Advance(TimeSpan.FromSeconds(6));
        await SpeakAsync(provider);
        Assert.Equal([200], (await simulator.BookAsync("sk-down")).Skip(5).Select(call => call.Status));
    }

    [Fact]
    public async Task No_more_calls_run_side_by_side_than_there_are_places()
    {
        await simulator.FaultsAsync(new { key = "sk-places", stallAfterBytes = 0 });
        var provider = Create("sk-places", clock: new Hosting.ManualTime(), places: 3);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var calls = Enumerable.Range(0, 9).Select(_ => provider.SynthesizeAsync(OpenAiTestBed.Hello, patience.Token).ToListAsync(Ct).AsTask()).ToList();
        await simulator.BookWhenAsync("sk-places", book => book.Count == 3);
        await patience.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        Assert.Equal(3, (await simulator.BookAsync("sk-places")).Count);
    }

    [Fact]
    public async Task A_slow_stream_is_heard_as_it_comes()
    {
        await simulator.FaultsAsync(new { key = "sk-slow", pieceBytes = 2000, stallAfterBytes = 4000 });
        var heard = 0;

        await foreach (var chunk in Create("sk-slow").SynthesizeAsync(OpenAiTestBed.Hello with { Text = new string('a', 400) }, Ct))
            if ((heard += chunk.Pcm.Length) >= 4000) break; // the vendor will never send the rest

        Assert.Equal(4000, heard);
    }

    private static async Task<SpokenSegment> SpeakAsync(ISpeechProvider provider) => new(await provider.SynthesizeAsync(OpenAiTestBed.Hello, Ct).ToListAsync(Ct));

    private static async Task<ProviderFault> FaultAsync(ISpeechProvider provider) => (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(provider))).Fault;

    private ISpeechProvider Create(
        string key, Action<OutboundOptions>? outbound = null, TimeProvider? clock = null, int retries = 2, int places = 8, string format = "pcm")
    {
        var bed = new OpenAiTestBed(simulator.Host, new OpenAiOptions { ApiKey = key, Format = format }, outbound);
        var setup = RouterBed.Provider("openai", new ScriptedVendor(_ => bed.Provider), RouterBed.Key(key)) with
        {
            MaxConcurrency = places, Resilience = new ResilienceOptions { MaxRetries = retries },
        };
        var router = new RouterBed(clock ?? new Hosting.ManualTime(jumps: true), [setup]);
        _made.AddRange([router, bed]);
        return router.Speech.Find("openai")!;
    }
}
