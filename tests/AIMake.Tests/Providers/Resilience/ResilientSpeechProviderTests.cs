using AIMake.Providers;
using AIMake.Providers.Resilience;
using AIMake.Tests.Hosting;
using static AIMake.Tests.Providers.ScriptedSpeechProvider;

namespace AIMake.Tests.Providers.Resilience;

public sealed class ResilientSpeechProviderTests : IDisposable
{
    private static readonly ProviderFault Broken = new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, true);
    private static readonly ProviderFault Refused = new(ProviderStage.FirstByte, ProviderParty.Caller, ProviderFaultKind.Rejected, false);
    private static readonly ProviderFault Quota = new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false);

    private readonly TestMetrics _metrics = new();
    private readonly ManualTime _time = new(jumps: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_failure_before_the_first_sound_is_tried_twice_more()
    {
        var vendor = new ScriptedSpeechProvider((call, ct) => call < 3 ? Fail(Broken, ct: ct) : Speak());

        Assert.Equal([Sound, End], await SpeakAsync(Create(vendor)));
        Assert.Equal(3, vendor.Calls);
        Assert.Equal(2, _metrics.Recorded.Count(line => line == "aimake.provider.retries{provider=scripted,fault=ServerError} 1"));
    }

    [Fact]
    public async Task The_third_failure_is_final()
    {
        var vendor = new ScriptedSpeechProvider((_, ct) => Fail(Broken, ct: ct));

        Assert.Equal(Broken, await FaultAsync(Create(vendor)));
        Assert.Equal(3, vendor.Calls);
    }

    [Fact]
    public async Task Waits_grow_and_differ()
    {
        var vendor = new ScriptedSpeechProvider((_, ct) => Fail(Broken, ct: ct));
        var waits = new List<IReadOnlyList<TimeSpan>>();
        foreach (var chance in new[] { 0.1, 0.9 })
        {
            var time = new ManualTime(jumps: true);
            await FaultAsync(Create(vendor, time: time, random: () => chance));
            waits.Add(time.Waits);
        }

        Assert.All(waits, of => Assert.Equal(2, of.Count));
        Assert.All(waits, of => Assert.All(of, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(8))));
        Assert.NotEqual(waits[0], waits[1]);
    }

    [Fact]
    public async Task The_vendors_own_wait_goes_before_ours_and_is_never_cut_short()
    {
        var vendor = new ScriptedSpeechProvider((call, ct) => call == 1 ? Fail(Throttled(7), ct: ct) : Speak());

        await SpeakAsync(Create(vendor, random: () => 0.5));

        Assert.Equal(TimeSpan.FromSeconds(7.35), Assert.Single(_time.Waits));
    }

    [Fact]
    public async Task A_wait_too_long_to_sit_out_is_handed_on()
    {
        var vendor = new ScriptedSpeechProvider((_, ct) => Fail(Throttled(21), ct: ct));

        Assert.Equal(TimeSpan.FromSeconds(21), (await FaultAsync(Create(vendor))).RetryAfter);
        Assert.Equal(1, vendor.Calls);
    }

    [Fact]
    public async Task While_a_vendor_wants_to_be_left_alone_nobody_asks()
    {
        var time = new ManualTime();
        var vendor = new ScriptedSpeechProvider((call, ct) => call == 1 ? Fail(Throttled(60), ct: ct) : Speak());
        var provider = Create(vendor, time: time);
        await FaultAsync(provider);
        time.Advance(TimeSpan.FromSeconds(20));

        var fault = await FaultAsync(provider);

        Assert.Equal((ProviderFaultKind.Throttled, TimeSpan.FromSeconds(40)), (fault.Kind, fault.RetryAfter!.Value));
        Assert.Equal(1, vendor.Calls);
        time.Advance(TimeSpan.FromSeconds(41));
        await SpeakAsync(provider);
        Assert.Equal(2, vendor.Calls);
    }

    [Fact]
    public async Task A_refused_text_and_a_used_up_key_are_not_tried_again()
    {
        foreach (var fault in new[] { Refused, Quota })
        {
            var vendor = new ScriptedSpeechProvider((_, ct) => Fail(fault, ct: ct));
            Assert.Equal(fault, await FaultAsync(Create(vendor)));
            Assert.Equal(1, vendor.Calls);
        }
    }

    [Fact]
    public async Task Nothing_is_tried_again_once_sound_has_been_heard()
    {
        var vendor = new ScriptedSpeechProvider((_, ct) => Fail(Broken with { Stage = ProviderStage.Stream }, after: 1, ct));
        var heard = new List<SpeechChunk>();

        await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var chunk in Create(vendor).SynthesizeAsync(Request, Ct)) heard.Add(chunk);
        });

        Assert.Equal([Sound], heard);
        Assert.Equal(1, vendor.Calls);
    }

    [Fact]
    public async Task A_vendor_that_keeps_failing_is_not_asked_for_a_while_and_then_probed_once()
    {
        var time = new ManualTime();
        var healthy = false;
        var vendor = new ScriptedSpeechProvider((_, ct) => healthy ? Speak() : Fail(Broken, ct: ct));
        var provider = Create(vendor, new() { MaxRetries = 0, BreakAtLeastCalls = 4 }, time);
        for (var i = 0; i < 4; i++) await FaultAsync(provider);

        var fault = await FaultAsync(provider);
        Assert.Equal((ProviderStage.Connect, ProviderFaultKind.Unavailable, true), (fault.Stage, fault.Kind, fault.Retryable));
        Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        Assert.Equal(4, vendor.Calls);

        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(Broken, await FaultAsync(provider)); // the probe
        Assert.Equal(ProviderFaultKind.Unavailable, (await FaultAsync(provider)).Kind);
        Assert.Equal(5, vendor.Calls);

        healthy = true;
        time.Advance(TimeSpan.FromSeconds(6));
        await SpeakAsync(provider);
        await SpeakAsync(provider);
        Assert.Equal(7, vendor.Calls);
    }

    [Fact]
    public async Task Cuts_in_mid_stream_count_against_a_vendor_too()
    {
        var vendor = new ScriptedSpeechProvider((_, ct) => Fail(Broken with { Stage = ProviderStage.Stream }, after: 1, ct));
        var provider = Create(vendor, new() { BreakAtLeastCalls = 4 }, new ManualTime());

        for (var i = 0; i < 4; i++) await FaultAsync(provider);

        Assert.Equal(ProviderFaultKind.Unavailable, (await FaultAsync(provider)).Kind);
    }

    [Fact]
    public async Task Refused_texts_never_stop_a_vendor()
    {
        var vendor = new ScriptedSpeechProvider((call, ct) => call <= 50 ? Fail(Refused, ct: ct) : Speak());
        var provider = Create(vendor, new() { BreakAtLeastCalls = 4 }, new ManualTime());
        for (var i = 0; i < 50; i++) await FaultAsync(provider);

        Assert.Equal(2, (await SpeakAsync(provider)).Count);
    }

    /// <summary>A vendor that answers 503 to everything sees at most a fifth more calls than were made.</summary>
    [Fact]
    public async Task An_outage_is_not_made_worse_by_retries()
    {
        var time = new ManualTime(jumps: true);
        var vendor = new ScriptedSpeechProvider((call, ct) => call % 3 == 0 ? Speak() : Fail(Broken, ct: ct));
        var provider = Create(vendor, new() { BreakAtFailureShare = 1, BreakAtLeastCalls = 1000 }, time);

        for (var i = 0; i < 1_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            try
            {
                await SpeakAsync(provider);
            }
            catch (ProviderException)
            {
                // Most fail; what counts is how often the vendor was asked.
            }
        }

        Assert.InRange(vendor.Calls, 1_001, 1_200 + 30);
    }

    [Fact]
    public async Task Calls_beyond_the_places_wait_and_beyond_the_queue_are_turned_away()
    {
        var gate = new TaskCompletionSource();
        var vendor = new ScriptedSpeechProvider((_, _) => SpeakAfter(gate.Task));
        var provider = Create(vendor, new() { MaxConcurrency = 2, MaxWaiting = 1 });
        var running = Enumerable.Range(0, 3).Select(_ => SpeakAsync(provider)).ToList();

        var fault = await FaultAsync(provider);

        Assert.Equal((ProviderFaultKind.Unavailable, true), (fault.Kind, fault.Retryable));
        Assert.Equal(2, vendor.Calls);
        gate.SetResult();
        await Task.WhenAll(running);
        Assert.Equal(3, vendor.Calls);
    }

    [Fact]
    public async Task A_place_is_given_back_whatever_happens()
    {
        var vendor = new ScriptedSpeechProvider((call, ct) => (call % 3) switch { 0 => Speak(), 1 => Fail(Refused, ct: ct), _ => Fail(Refused, after: 1, ct) });
        var provider = Create(vendor, new() { MaxConcurrency = 1, MaxWaiting = 0 });

        for (var i = 0; i < 9; i++)
        {
            try
            {
                await foreach (var _ in provider.SynthesizeAsync(Request, Ct)) break; // leaves in the middle
            }
            catch (ProviderException e)
            {
                Assert.Equal(Refused, e.Fault);
            }
        }

        Assert.Equal(9, vendor.Calls);
    }

    [Fact]
    public async Task A_caller_who_leaves_while_waiting_is_canceled_not_failed()
    {
        using var caller = new CancellationTokenSource();
        var vendor = new ScriptedSpeechProvider((_, ct) =>
        {
            caller.Cancel();
            return Fail(Broken, ct: ct);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Create(vendor, time: new ManualTime()).SynthesizeAsync(Request, caller.Token).ToListAsync(Ct));
        Assert.Equal(1, vendor.Calls);
    }

    private static ProviderFault Throttled(int seconds) =>
        new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Throttled, true, TimeSpan.FromSeconds(seconds));

    private static async IAsyncEnumerable<SpeechChunk> SpeakAfter(Task gate)
    {
        await gate;
        yield return Sound;
        yield return End;
    }

    private static async Task<IReadOnlyList<SpeechChunk>> SpeakAsync(ISpeechProvider provider) => await provider.SynthesizeAsync(Request, Ct).ToListAsync(Ct);

    private static async Task<ProviderFault> FaultAsync(ISpeechProvider provider) => (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(provider))).Fault;

    private ResilientSpeechProvider Create(ISpeechProvider vendor, ResilienceOptions? options = null, ManualTime? time = null, Func<double>? random = null) =>
        new(vendor, options ?? new(), time ?? _time, _metrics.Metrics, random ?? (() => 0.5));
}
