using AIMake.Providers;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.Logging;
using static AIMake.Tests.Providers.ScriptedSpeechProvider;

namespace AIMake.Tests.Providers;

/// <summary>Measuring and logging: what they say, and that they change nothing.</summary>
public sealed class DecoratorTests : IDisposable
{
    private static readonly ProviderFault Cut = new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, true, Detail: "after 4800 bytes");

    private readonly TestMetrics _metrics = new();
    private readonly ManualTime _time = new();
    private readonly ListLog _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_good_call_is_counted_timed_and_logged()
    {
        Assert.Equal([Sound, End], await Create(new((_, _) => Slowly())).SynthesizeAsync(Request, Ct).ToListAsync(Ct));

        Assert.Equal(
            [
                "aimake.provider.audio{provider=scripted} 0.1",
                "aimake.provider.calls{provider=scripted,outcome=ok} 1",
                "aimake.provider.characters{provider=scripted} 5",
                "aimake.provider.duration{provider=scripted,outcome=ok} 3",
                "aimake.provider.first_byte{provider=scripted} 2",
            ],
            _metrics.Recorded.Order(StringComparer.Ordinal));
        Assert.Equal(["Debug: scripted tts-1 spoke 13 units of text: 0.10 s of sound in 3000 ms"], _log.Lines);
    }

    [Fact]
    public async Task A_failed_call_says_how_and_where()
    {
        var e = await Assert.ThrowsAsync<ProviderException>(async () => await Create(new((_, ct) => Fail(Cut, 1, ct))).SynthesizeAsync(Request, Ct).ToListAsync(Ct));

        Assert.Same(Cut, e.Fault);
        Assert.Contains("aimake.provider.calls{provider=scripted,outcome=Interrupted} 1", _metrics.Recorded);
        Assert.Equal(["Warning: scripted tts-1 failed on 13 units of text: Interrupted at Stream (Provider), after 4800 bytes; 0.10 s of sound, 0 ms"], _log.Lines);
    }

    [Fact]
    public async Task A_call_left_by_its_listener_is_neither_good_nor_failed()
    {
        await foreach (var _ in Create(new((_, _) => Speak())).SynthesizeAsync(Request, Ct)) break;

        Assert.Contains("aimake.provider.calls{provider=scripted,outcome=canceled} 1", _metrics.Recorded);
        Assert.Equal(["Debug: scripted tts-1 was left after 0.10 s of sound and 0 ms, on 13 units of text"], _log.Lines);
    }

    [Fact]
    public void Name_and_limit_shine_through()
    {
        var provider = Create(new((_, _) => Speak()));

        Assert.Equal(("scripted", 777), (provider.Name, provider.MaximumCharacters));
    }

    [Fact]
    public async Task Words_never_reach_log_or_metrics()
    {
        var calls = new Func<int, CancellationToken, IAsyncEnumerable<SpeechChunk>>[] { (_, _) => Speak(), (_, ct) => Fail(Cut, ct: ct) };
        foreach (var script in calls)
        {
            try
            {
                await Create(new(script)).SynthesizeAsync(Request, Ct).ToListAsync(Ct);
            }
            catch (ProviderException e)
            {
                Assert.DoesNotContain("Canary", e.ToString(), StringComparison.Ordinal);
            }
        }

        Assert.Equal(2, _log.Lines.Count);
        Assert.DoesNotContain("Canary", string.Join('\n', _log.Lines.Concat(_metrics.Recorded)), StringComparison.Ordinal);
    }

    private ISpeechProvider Create(ScriptedSpeechProvider vendor) =>
        new LoggedSpeechProvider(new MeteredSpeechProvider(vendor, _metrics.Metrics, _time), _log, _time);

    private async IAsyncEnumerable<SpeechChunk> Slowly()
    {
        await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(2));
        yield return Sound;
        _time.Advance(TimeSpan.FromSeconds(1));
        yield return End;
    }

    private sealed class ListLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
